"""What machine doors ask of a referral, and what they tell: found by the sender's own number, outlined for others, an appointment noted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from yilianti import policybook
from yilianti.capacity.schedules import api as schedules
from yilianti.care.referral import rules
from yilianti.care.referral.actions import moving
from yilianti.care.referral.models import Referral
from yilianti.care.referral.terms import DeclineReason
from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.registry.residents import api as residents


@dataclass(frozen=True)
class Outline:
    """A referral as another system may know it."""

    number: str
    state: str
    urgency: str
    service: str
    resident: int
    from_institution: int
    to_institution: int
    department: str
    diagnosis_code: str
    diagnosis_name: str
    reason: str
    reason_name: str
    summary: str
    treatment: str
    notes: str
    answer: str
    submitted_at: datetime | None
    decided_at: datetime | None
    appointment_at: datetime | None
    lapses_at: datetime | None
    times_submitted: int


def outline(number: str) -> Outline:
    """The referral of this number, as it is now; raises Referral.DoesNotExist."""
    row = Referral.objects.select_related("to_department").get(number=number)
    answer = "；".join(filter(None, (DeclineReason.label(row.decline_reason) if row.decline_reason else "", row.decision_note)))
    submitted = sum(entry.word == "referral.submitted" for entry in journal.history(moving.subject(number)))
    return Outline(
        row.number, row.state, row.urgency, row.service, row.resident_id, row.from_institution_id, row.to_institution_id,
        row.to_department.name if row.to_department else "", row.diagnosis_code, row.diagnosis_name, row.reason, row.reason_name, row.summary,
        row.treatment, row.notes, answer, row.submitted_at, row.decided_at, row.appointment_at, row.lapses_at, submitted,
    )  # fmt: skip


def number_of(client_key: UUID) -> str:
    """The number of the referral that was applied for under this key; "" when there is none."""
    return Referral.objects.filter(client_key=client_key).values_list("number", flat=True).first() or ""


@transaction.atomic
def note_appointment(*, actor: Actor, appointment: str, placer: str, resident: int, institution: int, starts_at: datetime, place: str, booked: bool, at: datetime) -> str:
    """The receiver's own system has booked (or given up) a time: shown with the accepted referral it belongs to.

    It decides nothing, but where it has moved the place that is held for the patient, they are awaited then.

    It belongs to the referral whose number it carries, else to the only one accepted for this person there; "" when to none.
    """
    awaited = Referral.objects.select_for_update().filter(to_institution=institution, state="accepted", resident__in=residents.all_ids(resident))
    rows = list(awaited.order_by("id"))
    named = [row for row in rows if row.number == placer] or [row for row in rows if row.expected_by == appointment] or (rows if len(rows) == 1 else [])
    if not named:
        return ""
    row = named[0]
    row.expected_at, row.expected_by, row.expected_place = (starts_at, appointment, place[:160]) if booked else (None, "", "")
    if booked:
        _follow_place(row, actor, starts_at, at)
    row.save(update_fields=["expected_at", "expected_by", "expected_place", "appointment_at", "lapses_at"])
    moving.record("referral.appointment_noted", actor=actor, referral=row, at=at, facts={"appointment": appointment, "booked": booked, "starts_at": starts_at.isoformat()})
    return row.number


def _follow_place(row: Referral, actor: Actor, starts_at: datetime, at: datetime) -> None:
    held = schedules.reservation(row.reservation) if row.reservation else None
    if held is None or held.state != "confirmed" or held.slot is None or row.appointment_at == starts_at or not held.slot.starts_at <= starts_at < held.slot.ends_at:
        return
    window = policybook.in_force("clinical.referral.arrival_window", timezone.localdate(at), actor.scope)
    row.appointment_at, row.lapses_at = starts_at, rules.lapses_at(starts_at, row.urgency, window.late_days)
