"""One row a recording sent to the centre: quality is counted against the recording and whoever made it, not against the village."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from yilianti.care.diagnosis import rules
from yilianti.care.diagnosis.facts.telling import OPENS, PAGE, SUBJECT, coded, numbers, seconds
from yilianti.care.diagnosis.models import Exam, Rejection
from yilianti.care.diagnosis.terms import RejectReason, State
from yilianti.kernel.facts import Column, Fact, FactTable, Holds
from yilianti.kernel.months import month_of

COLUMNS = (
    Column("recording", Holds.TEXT, "记录", "检查编号加第几次发送"),
    Column("number", Holds.TEXT, "检查编号", "属于哪项检查"),
    Column("resident", Holds.RESIDENT, "居民", "被检查的居民；不含姓名与证件号"),
    Column("member", Holds.PLACE, "采集机构", "采集的机构"),
    Column("recorder", Holds.TEXT, "采集人", "采集人的工号；机器直接传来的为空"),
    Column("sent_at", Holds.MOMENT, "发送时刻", "这份记录发送的时刻；按它归月"),
    Column("findings", Holds.TEXT, "质量问题", "质量检查发现的代码，各以竖线围住；没有为空"),
    Column("was_sent_anyway", Holds.FLAG, "是否带问题发送", "有质量问题、写明理由后仍发送"),
    Column("is_rejected", Holds.FLAG, "是否退回", "诊断中心退回重采"),
    Column("reason", Holds.WORD, "退回原因", "未退回为空", RejectReason),
    Column("is_cancelled", Holds.FLAG, "是否取消", "发送后、诊断前取消了检查"),
    Column("rejected_seconds", Holds.NUMBER, "退回用时（秒）", "发送到退回的整秒数；未退回为空"),
)  # fmt: skip


def _rows(found: Sequence[str]) -> Iterator[Fact]:
    """Every recording sent of these exams; two statements whatever their number."""
    rejected: defaultdict[str, list[Rejection]] = defaultdict(list)
    for one in Rejection.objects.filter(exam__number__in=found).select_related("acquired_by", "exam").order_by("id"):
        rejected[one.exam.number].append(one)
    exams = Exam.objects.filter(number__in=found, sent_at__isnull=False).select_related("acquired_by")
    for exam in exams.only("number", "resident", "institution", "acquired_by__number", "sent_at", "quality", "sent_anyway", "state"):
        before = rejected[exam.number]
        for place, one in enumerate(before, 1):
            told = (one.acquired_by.number if one.acquired_by else "", one.sent_at, coded(one.findings), one.was_sent_anyway, True, one.reason, False, seconds(one.sent_at, one.at))
            yield Fact((f"{exam.number}-{place}", exam.number, exam.resident_id, exam.institution_id, *told), frozenset({month_of(one.sent_at)}))
        if exam.sent_at is not None and (not before or exam.sent_at > before[-1].sent_at):
            findings = coded(found["code"] for found in exam.quality if rules.blocks_sending([found]))
            told = (exam.acquired_by.number if exam.acquired_by else "", exam.sent_at, findings, bool(exam.sent_anyway), False, "", exam.state == State.CANCELLED, None)
            yield Fact((f"{exam.number}-{len(before) + 1}", exam.number, exam.resident_id, exam.institution_id, *told), frozenset({month_of(exam.sent_at)}))


FACTS = FactTable(
    name="exam_recording", zh="检查记录", says="发送给共享中心的每份记录一行，退回的单独计", subject=SUBJECT, key="recording", month="sent_at", columns=COLUMNS, rows=_rows,
    numbers=numbers, listed=("number", "member", "recorder", "sent_at", "was_sent_anyway", "is_rejected", "reason"), page=PAGE, opens=OPENS,
)  # fmt: skip
