"""Waiting times as published: taken once a night, shown to whoever chooses where to send."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time

from django.db import transaction
from django.utils import timezone

from yilianti import policybook
from yilianti.care.referral import api as referral
from yilianti.insight.indicators.models import PublishedWait
from yilianti.insight.indicators.queries import months_back
from yilianti.kernel.actor import Actor
from yilianti.kernel.months import month_of

POLICY = "clinical.referral.published_waiting"


@transaction.atomic
def publish_waiting(*, actor: Actor, at: datetime) -> int:
    """Take last night's waiting times if that is not done yet; returns how many. They follow from entries, so they write none."""
    today = timezone.localdate(at)
    if PublishedWait.objects.filter(until=today).exists():
        return 0
    policy = policybook.of_this_installation(POLICY, today)
    since = _back(today, policy.months)
    PublishedWait.objects.all().delete()
    made = PublishedWait.objects.bulk_create(
        PublishedWait(receiver_id=one.receiver, department_id=one.department, sender_id=one.sender, cases=one.cases, median_seconds=one.median,
                      p90_seconds=one.p90, since=since, until=today, policy_ref=policy.policy_ref, published_at=at)
        for one in referral.answer_times(_midnight(since), _midnight(today))
    )  # fmt: skip
    return len(made)


def published(receiver: int, sender: int, department: int) -> Sequence[PublishedWait]:
    """The receiver in all, the department, the sender: whichever of them there are."""
    rows = PublishedWait.objects.filter(receiver=receiver).select_related("department", "sender")
    wanted = {(None, None), (department or None, None), (None, sender or None)}
    return [row for row in rows if (row.department_id, row.sender_id) in wanted]


def _back(today: date, months: int) -> date:
    """So many months before today; the first of the month after where that day does not exist."""
    return months_back(month_of(_midnight(today)), months + 1)[0].replace(day=min(today.day, 28))


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
