"""What the referral room tells those who count: one row per referral that was ever submitted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection

from yilianti.care.referral.lifecycle import REFERRAL
from yilianti.care.referral.models import Referral
from yilianti.care.referral.terms import Service, State, Urgency
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
)  # fmt: skip

_SUBMITTED = """SELECT subject, at FROM kernel_journalentry WHERE word = %s AND subject = ANY(%s)"""


def _rows(numbers: Sequence[str]) -> Iterator[Fact]:
    """The present state of these referrals, drafts left out; two statements whatever their number."""
    months = _months(numbers)
    names = ("number", "resident_id", "from_institution_id", "to_institution_id", "state", "urgency", "service", "origin_id", "submitted_at",
             "decided_at", "appointment_at", "arrived_at", "diagnosis_code")  # fmt: skip
    for row in Referral.objects.filter(number__in=numbers, submitted_at__isnull=False).values_list(*names):
        number, resident, sender, receiver, state, urgency, service, origin, submitted, decided, appointment, arrived, diagnosis = row
        values = (number, resident, sender, receiver, state, urgency, service, origin is not None, submitted, decided, _seconds(submitted, decided),
                  appointment is not None, arrived, diagnosis)  # fmt: skip
        yield Fact(values, frozenset(months[number] | {month_of(submitted)}))


def _seconds(submitted: datetime, decided: datetime | None) -> int | None:
    return None if decided is None else int((decided - submitted).total_seconds())


def _months(numbers: Sequence[str]) -> defaultdict[str, set[date]]:
    """Every month in which each referral was submitted: one sent back in June and submitted again in July leaves June."""
    found: defaultdict[str, set[date]] = defaultdict(set)
    with connection.cursor() as cursor:
        cursor.execute(_SUBMITTED, [REFERRAL["submit"].word, [f"referral:{number}" for number in numbers]])
        for subject, at in cursor.fetchall():
            found[subject.partition(":")[2]].add(month_of(at))
    return found


def _numbers(after: int, limit: int) -> list[tuple[int, str]]:
    rows: Any = Referral.objects.filter(id__gt=after).order_by("id").values_list("id", "number")[:limit]
    return list(rows)


FACTS = FactTable(
    name="referral", zh="转诊", says="提交过的转诊单，每张一行，随办理更新", subject="referral", key="number", month="submitted_at",
    columns=COLUMNS, rows=_rows, numbers=_numbers,
    listed=("number", "sender", "receiver", "state", "urgency", "submitted_at", "decided_at", "arrived_at"), page="/referrals/{}/", opens="referral.view",
)  # fmt: skip
