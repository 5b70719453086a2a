"""One row a reading: who said what of an exam when, and for a blinded second reading whether it says the same as the first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from yilianti.care.diagnosis.facts.telling import OPENS, PAGE, SUBJECT, coded, numbers
from yilianti.care.diagnosis.models import Reading
from yilianti.care.diagnosis.terms import ReadingKind
from yilianti.kernel.facts import Column, Fact, FactTable, Holds
from yilianti.kernel.months import month_of

COLUMNS = (
    Column("reading", Holds.TEXT, "诊断意见", "检查编号加意见的序号"),
    Column("number", Holds.TEXT, "检查编号", "属于哪项检查"),
    Column("resident", Holds.RESIDENT, "居民", "被检查的居民；不含姓名与证件号"),
    Column("centre", Holds.PLACE, "诊断中心", "诊断的机构"),
    Column("member", Holds.PLACE, "申请机构", "登记和采集的机构"),
    Column("kind", Holds.WORD, "种类", "初诊、审核、复阅、会诊意见、会诊定论或更正", ReadingKind),
    Column("reader", Holds.TEXT, "医师", "医师的工号"),
    Column("read_at", Holds.MOMENT, "时刻", "提交的时刻；按它归月"),
    Column("statements", Holds.TEXT, "语句", "所选语句的代码，各以竖线围住，按字母顺序"),
    Column("first_statements", Holds.TEXT, "初诊语句", "复阅所对照的最后一次初诊的语句；其余种类为空"),
    Column("agrees", Holds.FLAG, "是否一致", "复阅与初诊所选语句完全相同；其余种类为空"),
)  # fmt: skip


def _rows(found: Sequence[str]) -> Iterator[Fact]:
    """Every reading of these exams, in one statement."""
    first: dict[int, str] = {}
    rows = Reading.objects.filter(exam__number__in=found).select_related("exam", "reader").order_by("exam_id", "at", "id")
    for one in rows.only("kind", "at", "statements", "exam__number", "exam__resident", "exam__centre", "exam__institution", "reader__number"):
        said, exam = coded(one.statements), one.exam
        if one.kind == ReadingKind.FIRST:
            first[exam.pk] = said
        compared = first.get(exam.pk) if one.kind == ReadingKind.SECOND else None
        values = (f"{exam.number}-{one.pk}", exam.number, exam.resident_id, exam.centre_id, exam.institution_id, one.kind, one.reader.number, one.at, said,
                  compared or "", None if compared is None else said == compared)  # fmt: skip
        yield Fact(values, frozenset({month_of(one.at)}))


FACTS = FactTable(
    name="exam_reading", zh="诊断意见", says="医师对检查的每次意见一行，只增", subject=SUBJECT, key="reading", month="read_at", columns=COLUMNS, rows=_rows, numbers=numbers,
    listed=("number", "member", "kind", "reader", "read_at", "statements", "agrees"), page=PAGE, opens=OPENS,
)  # fmt: skip
