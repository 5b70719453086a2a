"""Taking a place: held under a lease, extended, confirmed, used, given back. One winner at any concurrency.

Every act locks the place (slot or pool) first and the reservation after it. `taken` counts reservations that were not ended; a held one
whose lease has run out is ended by whoever next locks the place, so that expiry needs no clock of its own.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from yilianti import policybook
from yilianti.capacity.schedules import access
from yilianti.capacity.schedules.lifecycle import RESERVATION
from yilianti.capacity.schedules.models import BedPool, Reservation, Slot
from yilianti.capacity.schedules.terms import STANDING, ReservationState
from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.numbers import next_number
from yilianti.registry.institutions import api as institutions

_PRIMARY = ("village", "township")
_AT_MOST = 200
Place = Slot | BedPool


def hold(*, actor: Actor, client_key: UUID, resident: int, at: datetime, slot: int | None = None, pool: int | None = None, subject: str = "") -> Reservation:
    """Take a place for a while; the same `client_key` again finds the same reservation. Refused when nothing is free."""
    if actor.institution is None:
        raise Refused("no_post", "您还没有选择岗位；请先在右上角选择要代表的机构。", "choose a post first")
    actor.require(access.RESERVE, actor.institution)
    lease = policybook.in_force("capacity.lease", timezone.localdate(at), actor.scope)
    try:
        with transaction.atomic():
            return _hold(actor, client_key, resident, slot, pool, subject, at + timedelta(minutes=lease.minutes), at, lease.policy_ref)
    except IntegrityError as clash:
        if "client_key" not in str(clash):
            raise
        return Reservation.objects.get(client_key=client_key)  # the same choice sent twice at the same moment


def _hold(actor: Actor, key: UUID, resident: int, slot: int | None, pool: int | None, subject: str, until: datetime, at: datetime, ref: str) -> Reservation:
    assert actor.institution is not None
    place = _locked(slot, pool)
    known = Reservation.objects.filter(client_key=key).first()
    if known is not None:
        return _still(known, at)
    _give_back_expired(place, at)
    _require_open(place, actor, at)
    _take_one(place)
    row = Reservation(number=next_number("YL", at), client_key=key, slot_id=slot, pool_id=pool, resident_id=resident, by_institution_id=actor.institution,
                      subject=subject, expires_at=until, held_at=at, held_by_id=actor.person)  # fmt: skip
    row.save()
    _record("schedules.held", actor, row, place, at, [ref])
    return row


def extend(*, actor: Actor, number: str, until: datetime, at: datetime, subject: str | None = None) -> Reservation:
    """The lease lives until then. One that has run out is taken again if the place is still free, else refused."""
    with transaction.atomic():
        row, place = _both(number)
        actor.require(access.RESERVE, row.by_institution_id)
        _stand_again(row, place, at)
        word = RESERVATION.step(row, "extend").word
        row.expires_at, row.subject = until, row.subject if subject is None else subject
        return _saved(actor, row, place, word, at)


def confirm(*, actor: Actor, number: str, at: datetime) -> Reservation:
    """The receiver takes the patient: the lease has no end any more."""
    with transaction.atomic():
        row, place = _both(number)
        if row.state == ReservationState.CONFIRMED:
            return row
        _stand_again(row, place, at)
        word = RESERVATION.step(row, "confirm").word
        row.expires_at = None
        return _saved(actor, row, place, word, at)


def use(*, actor: Actor, number: str, at: datetime) -> Reservation:
    """The patient is here: a bed reserved becomes a bed occupied, a slot stays taken."""
    with transaction.atomic():
        row, place = _both(number)
        if row.state not in STANDING:
            return row
        word = RESERVATION.step(row, "use").word
        row.ended_at = at
        if isinstance(place, BedPool):
            place.taken, place.occupied = place.taken - 1, min(place.occupied + 1, place.total)
            place.save(update_fields=["taken", "occupied"])
        return _saved(actor, row, place, word, at)


def release(*, actor: Actor, number: str, because: str, at: datetime) -> Reservation:
    """Give the place back; one that has ended already stays as it ended."""
    with transaction.atomic():
        row, place = _both(number)
        if not (actor.may(access.RESERVE, row.by_institution_id) or actor.may(access.KEEP, _institution(place))):
            raise Refused("not_permitted", "这个预留不归您当前的岗位处理；请切换岗位。", "not permitted")
        _give_back_expired(place, at)
        row.refresh_from_db()
        if row.state not in STANDING:
            return row
        word = RESERVATION.step(row, "release").word
        row.ended_at, row.because = at, because.strip()[:120]
        _give_one_back(place, 1)
        return _saved(actor, row, place, word, at)


def lapse(*, actor: Actor, number: str, at: datetime) -> Reservation:
    """Tidy up one lease that has run out."""
    with transaction.atomic():
        row, place = _both(number)
        _give_back_expired(place, at)
        row.refresh_from_db()
        return row


def lapse_due(*, actor: Actor, at: datetime) -> int:
    """Tidy up leases that have run out; nobody waits for this."""
    due = list(Reservation.objects.filter(state="held", expires_at__lte=at).order_by("expires_at").values_list("number", flat=True)[:_AT_MOST])
    return sum(lapse(actor=actor, number=number, at=at).state == ReservationState.LAPSED for number in due)


def _locked(slot: int | None, pool: int | None) -> Place:
    found: Place | None = None
    if (slot is None) == (pool is None):
        raise Refused("place_missing", "请选择一个时段或一类床位。", field="slot")
    if slot is not None:
        found = Slot.objects.select_for_update().filter(pk=slot).first()
    elif pool is not None:
        found = BedPool.objects.select_for_update().filter(pk=pool).first()
    if found is None:
        raise Refused("unknown_place", "没有这个时段或床位；请刷新后重选。", field="slot")
    return found


def _both(number: str) -> tuple[Reservation, Place]:
    """The place first, then the reservation: every act in this order, so that none waits for the other in a ring."""
    where = Reservation.objects.filter(number=number).values_list("slot", "pool").first()
    if where is None:
        raise Refused("unknown_reservation", f"没有编号为 {number} 的预留；请刷新后重选。", field="reservation")
    place = _locked(*where)
    return Reservation.objects.select_for_update().get(number=number), place


def _still(row: Reservation, at: datetime) -> Reservation:
    if row.state == ReservationState.HELD and row.expires_at and row.expires_at <= at or row.state in (ReservationState.LAPSED, ReservationState.RELEASED):
        raise Refused("lease_ended", "上次的预留已经到期或退还；请重新选择时段。", field="slot")
    return row


def _stand_again(row: Reservation, place: Place, at: datetime) -> None:
    """A lease that has run out is taken again where the place is still free."""
    _give_back_expired(place, at)
    row.refresh_from_db()
    if row.state == ReservationState.LAPSED:
        _take_one(place)
        row.ended_at = None


def _give_back_expired(place: Place, at: datetime) -> None:
    mine: dict[str, Any] = {"slot": place} if isinstance(place, Slot) else {"pool": place}
    expired = list(Reservation.objects.select_for_update().filter(state="held", expires_at__lte=at, **mine).order_by("id"))
    for row in expired:
        word = RESERVATION.step(row, "lapse").word
        row.ended_at = at
        _saved(Actor.system(), row, place, word, at)
    if expired:
        _give_one_back(place, len(expired))


def _give_one_back(place: Place, count: int) -> None:
    place.taken -= count
    place.save(update_fields=["taken"])


def _take_one(place: Place) -> None:
    full = place.taken >= place.capacity if isinstance(place, Slot) else place.taken + place.occupied >= place.total
    if full:
        raise Refused("place_taken", "这个时段刚刚约满；请选择别的时段。" if isinstance(place, Slot) else "这类床位刚刚留满；请选择别的床位。", "taken", field="slot")
    place.taken += 1
    place.save(update_fields=["taken"])


def _require_open(place: Place, actor: Actor, at: datetime) -> None:
    if isinstance(place, BedPool):
        return
    if not place.is_open or place.starts_at <= at:
        raise Refused("place_closed", "这个时段已停诊或已经开始；请选择别的时段。", "closed", field="slot")
    if at < place.primary_until:
        own = institutions.get(actor.institution)
        if not actor.is_system and (own is None or own.level not in _PRIMARY):
            when = f"{timezone.localtime(place.primary_until):%m月%d日 %H:%M}"
            raise Refused("primary_first", f"这个时段先留给基层，{when} 以后开放；请选择别的时段。", "primary care first", field="slot")


def _institution(place: Place) -> int:
    return place.schedule.institution_id if isinstance(place, Slot) else place.institution_id


def _saved(actor: Actor, row: Reservation, place: Place, word: str, at: datetime) -> Reservation:
    row.save()
    _record(word, actor, row, place, at)
    return row


def _record(word: str, actor: Actor, row: Reservation, place: Place, at: datetime, refs: list[str] | None = None) -> None:
    journal.write(word, actor=actor, at=at, subject=f"schedules:{row.number}", resident=row.resident_id, from_institution=row.by_institution_id,
                  to_institution=_institution(place), policy_refs=refs or (),
                  facts={"number": row.number, "state": row.state, "for": row.subject, "slot": row.slot_id, "pool": row.pool_id})  # fmt: skip
