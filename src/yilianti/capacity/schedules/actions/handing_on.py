"""What becomes free goes to who waits for it: an offer, which is a reservation under a lease long enough to answer.

Every act settles the place it has locked: leases that have run out end, unanswered offers pass on, and what is free is offered
to the first in line before anybody else can take it. Nothing of this needs a clock; the clock only makes it sooner.
Locks: places, then the line (one lock for a department's slots, one for each pool), then those who stand in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from django.db import connection, transaction
from django.db.models import Count, F, Q
from django.utils import timezone

from yilianti import policybook
from yilianti.capacity.schedules import rules
from yilianti.capacity.schedules.actions import meeting, occupancy
from yilianti.capacity.schedules.actions.occupancy import Place
from yilianti.capacity.schedules.lifecycle import WAITING
from yilianti.capacity.schedules.models import BedPool, Reservation, Schedule, Slot, WaitingEntry
from yilianti.kernel import journal
from yilianti.kernel.actor import Actor, Scope
from yilianti.kernel.numbers import next_number
from yilianti.policybook.calendar import Calendar
from yilianti.registry.institutions import api as institutions

_AT_MOST = 200
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"


def settle(place: Place, at: datetime) -> int:
    """End what has run out on a locked place, and offer what is free to who waits for it; returns how many offers were made."""
    return pass_on(place, at, missed=[row.waiting_id for row in occupancy.end_expired(place, at) if row.waiting_id])


def settle_both(first: Place, second: Place, at: datetime) -> None:
    """The same for two places: their lines are locked in one order, whichever comes first."""
    for line in sorted({_line_of(first), _line_of(second)}):
        _lock(line)
    settle(first, at)
    settle(second, at)


def pass_on(place: Place, at: datetime, *, missed: list[int] | None = None, declined: int | None = None) -> int:
    """Offer what is free on a locked place to the first in line; not at once again to who has just let it go by. Returns how many."""
    meeting.absorb(place, at)
    if not missed and not (occupancy.has_room(place) and _waiting_for(place).exists()):
        return 0
    _lock(_line_of(place))
    scope = institutions.scope_of(occupancy.keeper(place), at)
    policy = policybook.in_force("capacity.waiting", timezone.localdate(at), scope)
    for gone in missed or ():
        _let_go_by(gone, place, policy, at)
    called = _callable(place, policy, at, {*(missed or ()), declined})
    offered = 0
    while occupancy.has_room(place) and (entry := next(called, None)) is not None:
        _offer(entry, place, policy, scope, at)
        offered += 1
    return offered


def offer_opened(department: int, schedules: list[Schedule], at: datetime) -> None:
    """New slots go to whom the hospital has booked there already, then to who waits for the department, the earliest first."""
    meeting.find_slots(schedules, at)
    if WaitingEntry.objects.filter(department=department, state="waiting").exists():
        for slot in Slot.objects.select_for_update().filter(schedule__in=schedules).order_by("id"):
            settle(slot, at)


def pass_on_due(*, at: datetime) -> int:
    """Settle places that stand free while somebody waits: what was free before they came, or has come within reach. Returns how many were offered."""
    expired = Count("reservations", filter=Q(reservations__state="held", reservations__expires_at__lte=at))
    waiting = WaitingEntry.objects.filter(state="waiting")
    slots = Slot.objects.filter(department__in=waiting.values("department"), is_open=True, starts_at__gt=at).annotate(expired=expired)
    pools = BedPool.objects.filter(pk__in=waiting.values("pool")).annotate(expired=expired)
    free: list[occupancy.Where] = [(pk, None) for pk in slots.filter(capacity__gt=F("taken") - F("expired")).order_by("starts_at", "id").values_list("pk", flat=True)[:_AT_MOST]]
    free += [(None, pk) for pk in pools.filter(total__gt=F("occupied") + F("taken") - F("expired")).order_by("id").values_list("pk", flat=True)[:_AT_MOST]]
    offered = 0
    for where in free:
        with transaction.atomic():
            offered += settle(occupancy.locked(*where), at)
    return offered


def is_unanswered(row: Reservation) -> bool:
    """Whether this reservation is an offer that nobody has taken yet."""
    return row.waiting_id is not None and WaitingEntry.objects.filter(pk=row.waiting_id, state="offered").exists()


def _line_of(place: Place) -> str:
    return f"schedules.line:pool:{place.pk}" if isinstance(place, BedPool) else f"schedules.line:department:{place.department_id}"


def _lock(line: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [line])


def _waiting_for(place: Place) -> Any:
    mine: dict[str, Any] = {"pool": place} if isinstance(place, BedPool) else {"department": place.department_id}
    return WaitingEntry.objects.filter(state="waiting", **mine)


def _callable(place: Place, policy: policybook.Edition, at: datetime, passed: set[int | None]) -> Iterator[WaitingEntry]:
    """Who may be offered this place, the first in line first, each locked and still waiting."""
    if isinstance(place, Slot):
        if not place.is_open or place.starts_at < at + timedelta(minutes=policy.notice_minutes):
            return
        passed = passed | set(Reservation.objects.filter(slot=place, waiting__isnull=False).values_list("waiting", flat=True))
    for entry in rules.in_line(_waiting_for(place).select_related("by_institution"), policy.order):
        if entry.pk in passed or (isinstance(place, Slot) and at < place.primary_until and entry.by_institution.level not in occupancy.PRIMARY):
            continue
        locked = WaitingEntry.objects.select_for_update().filter(pk=entry.pk, state="waiting").first()
        if locked is not None:  # else they have left meanwhile
            yield locked


def _offer(entry: WaitingEntry, place: Place, policy: policybook.Edition, scope: Scope, at: datetime) -> None:
    answered_by = Calendar(scope).add_working_time(at, policy.answer_minutes[entry.urgency])
    until = rules.offer_ends(answered_by, place.starts_at if isinstance(place, Slot) else None)
    slot, pool = (place.pk, None) if isinstance(place, Slot) else (None, place.pk)
    occupancy.take_one(place)
    row = Reservation(number=next_number("YL", at), client_key=uuid5(NAMESPACE_OID, f"offer:{entry.pk}:{slot}:{pool}:{at.isoformat()}"), slot_id=slot, pool_id=pool,
                      resident_id=entry.resident_id, by_institution_id=entry.by_institution_id, subject=entry.subject, expires_at=until, held_at=at, waiting=entry)  # fmt: skip
    occupancy.saved(Actor.system(), row, place, "schedules.held", at, (policy.policy_ref,), waiting=entry.number)
    word = WAITING.step(entry, "offer").word
    entry.save()
    record(Actor.system(), entry, word, at, (policy.policy_ref,), reservation=row.number, until=until.isoformat(), place=occupancy.words(place))


def _let_go_by(entry: int, place: Place, policy: policybook.Edition, at: datetime) -> None:
    """An offer was not answered: to the end of the line, or out of it."""
    row = WaitingEntry.objects.select_for_update().get(pk=entry)
    if row.state != "offered":
        return
    row.passed += 1
    word = WAITING.step(row, "drop" if row.passed >= policy.most_passed else "pass_over").word
    row.since, row.ended_at = at, at if row.state == "dropped" else None
    row.save()
    record(Actor.system(), row, word, at, (policy.policy_ref,), place=occupancy.words(place))


def record(actor: Actor, entry: WaitingEntry, word: str, at: datetime, refs: tuple[str, ...] = (), **facts: Any) -> None:
    """The one journal line of a step in the line."""
    journal.write(word, actor=actor, at=at, subject=f"schedules:{entry.number}", resident=entry.resident_id, from_institution=entry.by_institution_id,
                  to_institution=entry.keeper_id, policy_refs=refs,
                  facts={"number": entry.number, "state": entry.state, "for": entry.subject, "asker": entry.joined_by_id, **facts})  # fmt: skip
