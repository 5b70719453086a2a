"""One row a critical value: when it was found, read back and resolved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from yilianti.care.diagnosis.facts.telling import OPENS, PAGE, SUBJECT, numbers, seconds
from yilianti.care.diagnosis.models import CriticalValue
from yilianti.care.diagnosis.terms import CriticalState
from yilianti.kernel.facts import Column, Fact, FactTable, Holds
from yilianti.kernel.months import month_of

COLUMNS = (
    Column("critical", Holds.TEXT, "危急值", "检查编号加危急值的序号"),
    Column("number", Holds.TEXT, "检查编号", "属于哪项检查"),
    Column("resident", Holds.RESIDENT, "居民", "被检查的居民；不含姓名与证件号"),
    Column("member", Holds.PLACE, "申请机构", "应当复述和处置的机构"),
    Column("centre", Holds.PLACE, "诊断中心", "发现并通知的机构"),
    Column("code", Holds.TEXT, "代码", "危急值清单中的代码"),
    Column("state", Holds.WORD, "状态", "现在的状态", CriticalState),
    Column("found_at", Holds.MOMENT, "发现时刻", "发现即通知；按它归月"),
    Column("found_in_time", Holds.FLAG, "是否在书写时限内通知", "发现并通知的时刻不晚于这项检查的书写时限"),
    Column("acknowledged_at", Holds.MOMENT, "复述确认时刻", "未确认为空"),
    Column("resolved_at", Holds.MOMENT, "处置时刻", "未处置为空"),
    Column("acknowledged_seconds", Holds.NUMBER, "确认用时（秒）", "通知到复述确认的整秒数"),
    Column("resolved_seconds", Holds.NUMBER, "处置用时（秒）", "通知到登记处置的整秒数"),
    Column("rung", Holds.NUMBER, "转通知次数", "无人应答、通知下一人的次数"),
)  # fmt: skip


def _rows(found: Sequence[str]) -> Iterator[Fact]:
    """The critical values of these exams, in one statement."""
    rows = CriticalValue.objects.filter(exam__number__in=found).select_related("exam")
    for one in rows.only("code", "state", "found_at", "acknowledged_at", "resolved_at", "rung", "exam__number", "exam__resident", "exam__institution", "exam__centre",
                         "exam__written_due_at"):  # fmt: skip
        exam = one.exam
        values = (
            f"{exam.number}-{one.pk}", exam.number, exam.resident_id, exam.institution_id, exam.centre_id, one.code, one.state, one.found_at,
            exam.written_due_at is not None and one.found_at <= exam.written_due_at, one.acknowledged_at, one.resolved_at, seconds(one.found_at, one.acknowledged_at),
            seconds(one.found_at, one.resolved_at), one.rung,
        )  # fmt: skip
        yield Fact(values, frozenset({month_of(one.found_at)}))


FACTS = FactTable(
    name="exam_critical", zh="危急值", says="检查中发现的危急值，每条一行，随办理更新", subject=SUBJECT, key="critical", month="found_at", columns=COLUMNS, rows=_rows,
    numbers=numbers, listed=("number", "member", "code", "state", "found_at", "acknowledged_at", "resolved_at"), page=PAGE, opens=OPENS,
)  # fmt: skip
