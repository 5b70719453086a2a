"""What the referral room tells those who count: one row per referral that was ever submitted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import F

from yilianti.care.referral.lifecycle import REFERRAL
from yilianti.care.referral.models import Referral
from yilianti.care.referral.terms import Channel, Service, State, Urgency
from yilianti.kernel.facts import Column, Fact, FactTable, Holds
from yilianti.kernel.months import month_of

COLUMNS = (
    Column("number", Holds.TEXT, "转诊单号", "一张转诊单一行"),
    Column("resident", Holds.RESIDENT, "居民", "被转诊的居民；不含姓名与证件号"),
    Column("sender", Holds.PLACE, "转出机构", "提交转诊的机构"),
    Column("receiver", Holds.PLACE, "接收机构", "现在应答复或已答复的机构；改转后是新的接收机构"),
    Column("state", Holds.WORD, "状态", "转诊单现在的状态", State),
    Column("urgency", Holds.WORD, "紧急程度", "申请时的紧急程度", Urgency),
    Column("service", Holds.WORD, "申请服务", "门诊、住院、检查或康复随访", Service),
    Column("is_home", Holds.FLAG, "是否下转回程", "为另一张转诊单的回程"),
    Column("submitted_at", Holds.MOMENT, "提交时刻", "最近一次提交；退回后重新提交的，从重新提交算起"),
    Column("decided_at", Holds.MOMENT, "答复时刻", "接收、谢绝或退回补充的时刻；未答复为空"),
    Column("answer_seconds", Holds.NUMBER, "答复用时（秒）", "提交到答复的整秒数，不足一秒舍去；未答复为空"),
    Column("was_accepted", Holds.FLAG, "是否接收过", "接收方给过预约时间"),
    Column("arrived_at", Holds.MOMENT, "到院时刻", "到院登记撤销后为空"),
    Column("diagnosis_code", Holds.TEXT, "转诊诊断编码", "ICD-10 编码"),
    Column("channel", Holds.WORD, "通道", "普通，或胸痛、卒中、创伤绿色通道", Channel),
    Column("department", Holds.TEXT, "转入科室", "接收方的科室；未指定为空"),
    Column("is_outside", Holds.FLAG, "是否网外", "去向没有接入平台；没有答复、到院可言"),
    Column("was_declined", Holds.FLAG, "是否谢绝", "接收方谢绝"),
    Column("was_redirected", Holds.FLAG, "是否改转过", "办理中换过接收机构"),
    Column("was_overridden", Holds.FLAG, "是否不顾提示转诊", "提示不必转或不宜转，医生写明理由后仍转"),
    Column("discharged_at", Holds.MOMENT, "出院时刻", "未出院为空"),
    Column("is_concluded", Holds.FLAG, "是否办结", "全程走完"),
    Column("followed_up_at", Holds.MOMENT, "首次随访时刻", "回到基层后的首次随访；没有为空"),
    Column("follow_up_seconds", Holds.NUMBER, "首次随访用时（秒）", "出院（回程为提交）到首次随访的整秒数；没有随访为空"),
)  # fmt: skip

_TOLD = """SELECT subject, at, word FROM kernel_journalentry WHERE word = ANY(%s) AND subject = ANY(%s)"""
_REDIRECTED = REFERRAL["redirect"].word
_SUBMITTED = tuple({REFERRAL[verb].word for verb in ("submit", "approve", "convert")})


_READ = (
    "number", "resident", "from_institution", "to_institution", "state", "urgency", "service", "goes_home", "submitted_at", "decided_at", "appointment_at",
    "arrived_at", "diagnosis_code", "channel", "is_outside", "overridden", "discharged_at", "followed_up_at",
)  # fmt: skip


def _rows(numbers: Sequence[str]) -> Iterator[Fact]:
    """The present state of these referrals, drafts and those not yet approved left out; two statements whatever their number."""
    months, redirected = _told(numbers)
    sent = Referral.objects.filter(number__in=numbers, submitted_at__isnull=False).annotate(department=F("to_department__name"))
    for row in sent.only(*_READ):
        assert row.submitted_at is not None
        values = (
            row.number, row.resident_id, row.from_institution_id, row.to_institution_id, row.state, row.urgency, row.service, row.goes_home,
            row.submitted_at, row.decided_at, _seconds(row.submitted_at, row.decided_at), row.appointment_at is not None, row.arrived_at, row.diagnosis_code,
            row.channel, row.department or "", row.is_outside, row.state == State.DECLINED, row.number in redirected, bool(row.overridden),
            row.discharged_at, row.state == State.CONCLUDED, row.followed_up_at, _seconds(_home_since(row), row.followed_up_at),
        )  # fmt: skip
        yield Fact(values, frozenset(months[row.number] | {month_of(row.submitted_at)}))


def _home_since(row: Referral) -> datetime | None:
    """From when the first follow-up is waited for."""
    return row.submitted_at if row.goes_home else row.discharged_at


def _seconds(since: datetime | None, until: datetime | None) -> int | None:
    return None if since is None or until is None else max(0, int((until - since).total_seconds()))


def _told(numbers: Sequence[str]) -> tuple[defaultdict[str, set[date]], set[str]]:
    """Every month in which each referral was submitted (one sent back in June and submitted again in July leaves June), and which were redirected."""
    months: defaultdict[str, set[date]] = defaultdict(set)
    redirected: set[str] = set()
    with connection.cursor() as cursor:
        cursor.execute(_TOLD, [[*_SUBMITTED, _REDIRECTED], [f"referral:{number}" for number in numbers]])
        for subject, at, word in cursor.fetchall():
            number = subject.partition(":")[2]
            if word == _REDIRECTED:
                redirected.add(number)
            else:
                months[number].add(month_of(at))
    return months, redirected


def _numbers(after: int, limit: int) -> list[tuple[int, str]]:
    rows: Any = Referral.objects.filter(id__gt=after).order_by("id").values_list("id", "number")[:limit]
    return list(rows)


FACTS = FactTable(
    name="referral", zh="转诊", says="提交过的转诊单，每张一行，随办理更新", subject="referral", key="number", month="submitted_at",
    columns=COLUMNS, rows=_rows, numbers=_numbers,
    listed=("number", "sender", "receiver", "state", "urgency", "submitted_at", "decided_at", "arrived_at"), page="/referrals/{}/", opens="referral.view",
)  # fmt: skip
