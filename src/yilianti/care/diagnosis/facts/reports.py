"""One row a report as it left, amendments included."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from yilianti.care.diagnosis.facts.telling import OPENS, PAGE, SUBJECT, coded, numbers
from yilianti.care.diagnosis.models import IssuedReport
from yilianti.kernel.facts import Column, Fact, FactTable, Holds
from yilianti.kernel.months import month_of

COLUMNS = (
    Column("report", Holds.TEXT, "报告", "检查编号加第几版"),
    Column("number", Holds.TEXT, "检查编号", "属于哪项检查"),
    Column("resident", Holds.RESIDENT, "居民", "被检查的居民；不含姓名与证件号"),
    Column("member", Holds.PLACE, "申请机构", "报告回到的机构"),
    Column("centre", Holds.PLACE, "诊断中心", "签发的机构"),
    Column("version", Holds.NUMBER, "第几版", "1 为首次签发，以后为更正"),
    Column("is_amendment", Holds.FLAG, "是否更正", "第一版以后的各版"),
    Column("reader", Holds.TEXT, "诊断医师", "工号；会诊直接定论的可能为空"),
    Column("auditor", Holds.TEXT, "审核医师", "工号"),
    Column("issued_at", Holds.MOMENT, "签发时刻", "按它归月"),
    Column("statements", Holds.TEXT, "语句", "语句的代码，各以竖线围住，按字母顺序"),
)  # fmt: skip


def _rows(found: Sequence[str]) -> Iterator[Fact]:
    """Every version of the reports of these exams, in one statement; the document itself is not read."""
    rows = IssuedReport.objects.filter(exam__number__in=found).select_related("exam", "reader", "auditor")
    for one in rows.only("version", "at", "statements", "exam__number", "exam__resident", "exam__institution", "exam__centre", "reader__number", "auditor__number"):
        exam = one.exam
        values = (f"{exam.number}-{one.version}", exam.number, exam.resident_id, exam.institution_id, exam.centre_id, one.version, one.version > 1,
                  one.reader.number if one.reader else "", one.auditor.number, one.at, coded(one.statements))  # fmt: skip
        yield Fact(values, frozenset({month_of(one.at)}))


FACTS = FactTable(
    name="exam_report", zh="检查报告", says="签发的每版报告一行，只增", subject=SUBJECT, key="report", month="issued_at", columns=COLUMNS, rows=_rows, numbers=numbers,
    listed=("number", "member", "version", "reader", "auditor", "issued_at", "statements"), page=PAGE, opens=OPENS,
)  # fmt: skip
