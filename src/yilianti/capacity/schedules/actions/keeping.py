"""Keeping the book: sessions opened and closed, beds counted."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from yilianti import policybook
from yilianti.capacity.schedules import access, rules
from yilianti.capacity.schedules.actions import handing_on, occupancy
from yilianti.capacity.schedules.models import BedPool, Reservation, Schedule, Slot
from yilianti.capacity.schedules.terms import STANDING, BedKind, Session, SessionState
from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.institutions import api as institutions

_MOST_WEEKS = 26


@transaction.atomic
def open_schedule(*, actor: Actor, institution: int, session: Session, at: datetime, weeks: int = 1) -> list[Schedule]:
    """Open a session and its slots, the same again for so many weeks; one journal line each."""
    actor.require(access.KEEP, institution)
    if not 1 <= weeks <= _MOST_WEEKS:
        raise Refused("weeks_wrong", f"重复周数应在 1 到 {_MOST_WEEKS} 之间。", field="weeks")
    if session.department not in {d.id for d in institutions.departments(institution)}:
        raise Refused("department_elsewhere", "所选科室不属于这家机构；请重新选择。", field="department")
    if findings := rules.faults(session, at):
        raise Refused("session_wrong", findings[0].sentence, field=findings[0].code, findings=findings)
    first = policybook.in_force("capacity.primary_first", timezone.localdate(at), actor.scope)
    opened = [_open(actor, institution, session, timedelta(weeks=week), timedelta(hours=first.hours_before), at) for week in range(weeks)]
    handing_on.offer_opened(session.department, opened, at)
    return opened


def _open(actor: Actor, institution: int, session: Session, later: timedelta, primary: timedelta, at: datetime) -> Schedule:
    row = Schedule.objects.create(
        institution_id=institution, department_id=session.department, practitioner_id=session.practitioner, service_id=session.service,
        starts_at=session.starts_at + later, ends_at=session.ends_at + later, note=session.note.strip()[:120], opened_at=at,
    )  # fmt: skip
    Slot.objects.bulk_create(
        Slot(schedule=row, department_id=session.department, starts_at=start + later, ends_at=end + later, capacity=session.capacity,
             primary_until=max(at, start + later - primary)) for start, end in rules.slot_times(session)
    )  # fmt: skip
    _journal("schedules.opened", actor, institution, row.pk, at, department=session.department, starts_at=row.starts_at.isoformat())
    return row


@transaction.atomic
def close_schedule(*, actor: Actor, schedule: int, because: str, at: datetime) -> Schedule:
    """The session does not take place. Refused while somebody is expected: they are told first."""
    row = Schedule.objects.select_for_update().filter(pk=schedule).first()
    if row is None:
        raise Refused("unknown_session", "没有这次开放；请刷新页面。", "unknown session")
    actor.require(access.KEEP, row.institution_id)
    if not because.strip():
        raise Refused("reason_missing", "请写明停诊原因。", field="because")
    slots = list(Slot.objects.select_for_update().filter(schedule=row).order_by("id"))
    if expected := Reservation.objects.filter(slot__in=slots, state__in=STANDING).exclude(state="held", expires_at__lte=at).count():
        raise Refused("somebody_expected", f"还有 {expected} 位患者预留在这次开放里；请先与转出方改约或退还，再停诊。", "reserved", field="because")
    if row.state == SessionState.OPEN:
        row.state = SessionState.CLOSED.value
        row.save(update_fields=["state"])
        Slot.objects.filter(schedule=row).update(is_open=False)
        _journal("schedules.closed", actor, row.institution_id, row.pk, at, because=because.strip())
    return row


@transaction.atomic
def count_beds(*, actor: Actor, institution: int, department: int | None, total: int, occupied: int, at: datetime, kind: str = BedKind.ORDINARY.value) -> BedPool:
    """How many beds there are and how many patients lie in them; what is reserved here is kept."""
    actor.require(access.KEEP, institution)
    if department is not None and department not in {d.id for d in institutions.departments(institution)}:
        raise Refused("department_elsewhere", "所选科室不属于这家机构；请重新选择。", field="department")
    if not 0 <= occupied <= total <= 5_000:
        raise Refused("beds_wrong", "已占用床位不能多于床位总数；请核对。", field="occupied")
    given: dict[str, Any] = {"institution_id": institution, "department_id": department, "kind": kind}
    row, _ = BedPool.objects.select_for_update().get_or_create(**given, defaults={"total": total, "occupied": occupied, "counted_at": at})
    missed = [gone.waiting_id for gone in occupancy.end_expired(row, at) if gone.waiting_id]
    if total < row.taken:
        raise Refused("beds_reserved", f"已有 {row.taken} 张床位被预留，总数不能更少；请先退还预留。", field="total")
    row.total, row.occupied, row.counted_at = total, occupied, at
    row.save()
    _journal("schedules.beds_counted", actor, institution, row.pk, at, department=department, kind=kind, total=total, occupied=occupied)
    handing_on.pass_on(row, at, missed=missed)  # by the new count: the old one may offer a bed that is not there
    return row


def _journal(word: str, actor: Actor, institution: int, row: int, at: datetime, **facts: Any) -> None:
    journal.write(word, actor=actor, at=at, subject=f"schedules:{row}", to_institution=institution, facts=facts)
