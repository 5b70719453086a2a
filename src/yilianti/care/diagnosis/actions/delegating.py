"""The head lets somebody decide in their place, for a time, and takes it back."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from yilianti.care.diagnosis.actions import moving
from yilianti.care.diagnosis.models import Delegation
from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.access import api as access

LONGEST = timedelta(days=92)


@transaction.atomic
def delegate(*, actor: Actor, person: int, from_at: datetime, until_at: datetime, at: datetime) -> Delegation:
    """From then until then this auditor decides conferences as the head would."""
    head, centre = moving.physician(actor), actor.institution or 0
    actor.require("diagnosis.delegate", centre)
    if person == head or person not in access.holders("centre_auditor", centre, timezone.localdate(at)):
        raise Refused("not_an_auditor", "只能授权给本中心的审核医师。", "only an auditor of the centre", field="person")
    if not from_at < until_at or until_at <= at or until_at - from_at > LONGEST:
        raise Refused("period_wrong", f"授权的结束应晚于开始和现在，最长 {LONGEST.days} 天。", "the period is wrong", field="until_at")
    made = Delegation.objects.create(centre_id=centre, head_id=head, delegate_id=person, from_at=from_at, until_at=until_at, made_at=at)
    journal.write("diagnosis.delegated", actor=actor, at=at, subject=f"delegation:{made.pk}", to_institution=centre, facts={"person": person, "from": from_at.isoformat(), "until": until_at.isoformat()})
    return made


@transaction.atomic
def end_delegation(*, actor: Actor, delegation: int, at: datetime) -> Delegation:
    """It ends now; what was decided under it stands."""
    found = Delegation.objects.select_for_update(of=("self",)).filter(pk=delegation, centre__in=actor.reaches("diagnosis.delegate")).first()
    if found is None or found.until_at <= at:
        raise Refused("changed_meanwhile", "这项授权已经结束；请刷新页面。", "ended already")
    found.until_at = max(at, found.from_at + timedelta(seconds=1))
    found.save(update_fields=["until_at"])
    journal.write("diagnosis.delegation_ended", actor=actor, at=at, subject=f"delegation:{found.pk}", to_institution=found.centre_id, facts={"person": found.delegate_id})
    return found
