"""What the clock causes: a limit that is near is told to the readers, then to the auditors, then to the head of the centre."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from yilianti import policybook
from yilianti.care.diagnosis import rules
from yilianti.care.diagnosis.actions import moving
from yilianti.care.diagnosis.models import Exam
from yilianti.care.diagnosis.terms import OWED
from yilianti.kernel.actor import Actor
from yilianti.registry.institutions import api as institutions

ESCALATION = "clinical.diagnosis.escalation"
_AT_MOST = 200
#: Nobody is told longer before the limit, whatever a county writes.
_EARLIEST = timedelta(hours=4)


@transaction.atomic
def remind(*, actor: Actor, at: datetime) -> int:
    """Climb one rung for each exam whose next limit has come so near; returns how many. An exam that somebody holds at this moment is left for the next time."""
    owed = Exam.objects.filter(state__in=[str(state) for state in OWED], reminded__lt=rules.RUNGS, written_due_at__lte=at + _EARLIEST)
    policies: dict[int, policybook.Edition] = {}

    def climbs(exam: Exam) -> tuple[int, datetime | None, policybook.Edition]:
        if exam.centre_id not in policies:
            policies[exam.centre_id] = policybook.in_force(ESCALATION, timezone.localdate(at), institutions.scope_of(exam.centre_id, at))
        policy, due = policies[exam.centre_id], rules.due_at(exam.state, exam.written_due_at, exam.audited_due_at)
        return rules.rung(due, at, policy.cannot_wait if rules.cannot_wait(exam.urgency) else policy.routine), due, policy

    asked = owed.only("centre_id", "state", "urgency", "reminded", "written_due_at", "audited_due_at").order_by("written_due_at", "id")
    near = [exam.pk for exam in asked.iterator() if climbs(exam)[0] > exam.reminded][:_AT_MOST]
    spoken = 0
    for exam in owed.filter(pk__in=near).select_for_update(skip_locked=True, of=("self",)).order_by("written_due_at", "id"):
        rung, due, policy = climbs(exam)
        if due is None or rung <= exam.reminded:
            continue
        exam.reminded = rung
        exam.save(update_fields=["reminded"])
        moving.record("diagnosis.reminded", actor=actor, exam=exam, at=at, facts={"rung": rung, "due_at": due.isoformat()}, policy_refs=[policy.policy_ref])
        spoken += 1
    return spoken
