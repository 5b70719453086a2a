"""Hearing what became of a message to a patient, and saying so where the patient has not been reached."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from yilianti import policybook
from yilianti.care.referral.actions import moving
from yilianti.care.referral.notices import UNDER_WAY, PatientNotice
from yilianti.care.referral.rules import telling
from yilianti.kernel.actor import Actor
from yilianti.registry.institutions import api as institutions

POLICY = "clinical.referral.patient_messages"
_ABOUT = "referral_notice"
_AT_MOST = 200


def about(notice: PatientNotice) -> str:
    """How a message names the notice it carries, and which attempt."""
    return f"{_ABOUT}:{notice.pk}:{notice.attempt}"


@transaction.atomic
def hear_of_text(*, actor: Actor, about: str, outcome: str, said: str, at: datetime) -> None:
    """What became of a message: "sent", "failed", or "barred" for want of a gateway. What is about something else, or an earlier attempt, is passed over."""
    kind, _, rest = about.partition(":")
    if kind != _ABOUT:
        return
    number, _, attempt = rest.partition(":")
    notice = PatientNotice.objects.select_for_update(of=("self",)).select_related("referral").filter(pk=int(number), attempt=int(attempt)).first()
    if notice is None or (notice.sent_at and outcome == "sent"):
        return
    notice.sent_at = at if outcome == "sent" else None
    notice.failed_at, notice.failed_because = (at, said[:200]) if outcome == "failed" else (None, "")
    notice.barred = telling.Barred.NO_GATEWAY.value if outcome == "barred" else ""
    notice.save(update_fields=["sent_at", "failed_at", "failed_because", "barred"])
    if outcome == "failed" or (outcome == "barred" and notice.step in telling.UNHEARD):
        untold(actor, notice, said, at)


@transaction.atomic
def report_untold(*, actor: Actor, at: datetime) -> int:
    """Say it once of every message that has been under way longer than the policy bears; returns how many."""
    waiting = PatientNotice.objects.filter(UNDER_WAY, not_before__lt=at)
    oldest = dict(waiting.values("referral__from_institution").annotate(first=Min("not_before")).values_list("referral__from_institution", "first"))
    reported = 0
    for sender, first in oldest.items():
        patience = timedelta(minutes=policybook.in_force(POLICY, timezone.localdate(at), institutions.scope_of(sender, at)).untold_after)
        if first + patience > at:
            continue
        late = waiting.filter(referral__from_institution=sender, not_before__lte=at - patience).select_related("referral").order_by("not_before")
        for notice in late.select_for_update(of=("self",), skip_locked=True)[:_AT_MOST]:
            untold(actor, notice, "短信迟迟没有发出", at)
            reported += 1
    return reported


def untold(actor: Actor, notice: PatientNotice, because: str, at: datetime) -> None:
    """Somebody must tell the patient: said once, and not where they have been told."""
    if notice.reported_at or notice.told_at:
        return
    notice.reported_at = at
    notice.save(update_fields=["reported_at"])
    moving.record("referral.patient_untold", actor=actor, referral=notice.referral, at=at, facts={"notice": notice.pk, "step": notice.step, "because": because})
