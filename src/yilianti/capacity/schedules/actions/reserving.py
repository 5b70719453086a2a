"""Taking a place: held under a lease, extended, exchanged, confirmed, used, given back. One winner at any concurrency (see `occupancy`)."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from yilianti import policybook
from yilianti.capacity.schedules import access
from yilianti.capacity.schedules.actions import handing_on, meeting, occupancy
from yilianti.capacity.schedules.actions.occupancy import Place
from yilianti.capacity.schedules.lifecycle import RESERVATION
from yilianti.capacity.schedules.models import BedPool, Reservation
from yilianti.capacity.schedules.terms import STANDING, ReservationState
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.numbers import next_number

_AT_MOST = 200


def hold(*, actor: Actor, client_key: UUID, resident: int, at: datetime, slot: int | None = None, pool: int | None = None, subject: str = "") -> Reservation:
    """Take a place for a while; the same `client_key` again finds the same reservation. Refused when nothing is free."""
    if actor.institution is None:
        raise Refused("no_post", "您还没有选择岗位；请先在右上角选择要代表的机构。", "choose a post first")
    actor.require(access.RESERVE, actor.institution)
    try:
        with transaction.atomic():
            held = _hold(actor, client_key, resident, slot, pool, subject, at)
    except IntegrityError as clash:
        if "client_key" not in str(clash):
            raise
        return Reservation.objects.get(client_key=client_key)  # the same choice sent twice at the same moment
    if isinstance(held, Refused):
        raise held  # after the commit: what was found to have run out has passed to who waits
    return held


def _hold(actor: Actor, key: UUID, resident: int, slot: int | None, pool: int | None, subject: str, at: datetime) -> Reservation | Refused:
    assert actor.institution is not None
    place = occupancy.locked(slot, pool)
    known = Reservation.objects.filter(client_key=key).first()
    if known is not None:
        return _still(known, at)
    handing_on.settle(place, at)
    occupancy.require_open(place, at)
    occupancy.require_turn(place, actor, actor.institution, at)
    if not occupancy.has_room(place):
        return occupancy.full(place)
    occupancy.take_one(place)
    until, ref = _lease(actor, at)
    row = Reservation(number=next_number("YL", at), client_key=key, slot_id=slot, pool_id=pool, resident_id=resident, by_institution_id=actor.institution,
                      subject=subject, expires_at=until, held_at=at, held_by_id=actor.person)  # fmt: skip
    return occupancy.saved(actor, row, place, "schedules.held", at, (ref,))


def extend(*, actor: Actor, number: str, until: datetime, at: datetime, subject: str | None = None) -> Reservation:
    """The lease lives until then. One that has run out is taken again if the place is still free, else refused."""
    with transaction.atomic():
        row, (place,) = occupancy.both(number)
        actor.require(access.RESERVE, row.by_institution_id)
        _require_taken(row)
        _stand_again(row, place, at)
        word = RESERVATION.step(row, "extend").word
        row.expires_at, row.subject = until, row.subject if subject is None else subject
        return occupancy.saved(actor, row, place, word, at)


def exchange(*, actor: Actor, number: str, at: datetime, slot: int | None = None, pool: int | None = None) -> Reservation:
    """Another place instead, in one act: when that one is gone, the old one stays. The reservation keeps its number."""
    with transaction.atomic():
        row, (old, new) = occupancy.both(number, (slot, pool))
        if not _may_give_back(actor, row, old):
            raise _not_theirs()
        if (row.slot_id, row.pool_id) == (slot, pool):
            return row  # chosen again
        _require_unpromised(row, actor)
        _require_taken(row)
        handing_on.settle_both(old, new, at)
        row.refresh_from_db()
        stood, was = row.state in STANDING, row.state
        word = RESERVATION.step(row, "exchange").word
        occupancy.require_open(new, at)
        occupancy.require_turn(new, actor, row.by_institution_id, at)
        occupancy.take_one(new)
        until, ref = _lease(actor, at)
        former = {"former_slot": row.slot_id, "former_pool": row.pool_id}
        row.slot_id, row.pool_id, row.ended_at, row.expires_at = slot, pool, None, max(until, row.expires_at or until)
        occupancy.saved(actor, row, new, word, at, (ref,), was=was, **former)
        if stood:
            _let_go(old, at)
        return row


def confirm(*, actor: Actor, number: str, at: datetime) -> Reservation:
    """The receiver takes the patient: the lease has no end any more."""
    with transaction.atomic():
        row, (place,) = occupancy.both(number)
        if row.state == ReservationState.CONFIRMED:
            return row
        _require_taken(row)
        _stand_again(row, place, at)
        word = RESERVATION.step(row, "confirm").word
        row.expires_at = None
        return occupancy.saved(actor, row, place, word, at)


def use(*, actor: Actor, number: str, at: datetime) -> Reservation:
    """The patient is here: a bed reserved becomes a bed occupied, a slot stays taken."""
    with transaction.atomic():
        row, (place,) = occupancy.both(number)
        if row.state not in STANDING:
            return row
        word = RESERVATION.step(row, "use").word
        row.ended_at = at
        if isinstance(place, BedPool):
            place.taken, place.occupied = place.taken - 1, min(place.occupied + 1, place.total)
            place.save(update_fields=["taken", "occupied"])
        return occupancy.saved(actor, row, place, word, at)


def unuse(*, actor: Actor, number: str, at: datetime) -> Reservation:
    """The arrival was a mistake: the place is kept for the patient again, and a bed counted as occupied is a reserved one."""
    with transaction.atomic():
        row, (place,) = occupancy.both(number)
        if row.state != ReservationState.USED or (isinstance(place, BedPool) and place.taken >= place.total):
            return row  # every bed is promised to others by now
        word = RESERVATION.step(row, "unuse").word
        row.ended_at = row.expires_at = None
        if isinstance(place, BedPool):
            place.taken, place.occupied = place.taken + 1, max(place.occupied - 1, 0)
            place.save(update_fields=["taken", "occupied"])
        return occupancy.saved(actor, row, place, word, at)


def release(*, actor: Actor, number: str, because: str, at: datetime) -> Reservation:
    """Give the place back; one that has ended already stays as it ended. A promised one goes back only with what it was promised for."""
    with transaction.atomic():
        row, (place,) = occupancy.both(number)
        if not _may_give_back(actor, row, place):
            raise _not_theirs()
        handing_on.settle(place, at)
        row.refresh_from_db()
        if row.state not in STANDING:
            return row
        _require_unpromised(row, actor)
        _require_taken(row)
        was, word = row.state, RESERVATION.step(row, "release").word
        row.ended_at, row.because = at, because.strip()[:120]
        occupancy.saved(actor, row, place, word, at, was=was)
        _let_go(place, at)
        return row


def lapse(*, actor: Actor, number: str, at: datetime) -> Reservation:
    """Tidy up one lease that has run out."""
    with transaction.atomic():
        row, (place,) = occupancy.both(number)
        handing_on.settle(place, at)
        row.refresh_from_db()
        return row


def lapse_due(*, actor: Actor, at: datetime) -> int:
    """Tidy up leases that have run out; nobody waits for this."""
    due = list(Reservation.objects.filter(state="held", expires_at__lte=at).order_by("expires_at").values_list("number", flat=True)[:_AT_MOST])
    return sum(lapse(actor=actor, number=number, at=at).state == ReservationState.LAPSED for number in due)


def _require_unpromised(row: Reservation, actor: Actor) -> None:
    if row.state == ReservationState.CONFIRMED and row.subject and not actor.is_system:
        if row.subject.startswith(meeting.SUBJECT):
            raise Refused("place_of_hospital", "这个号由院方系统的预约占用；请在院内系统取消或改期。", "booked by the hospital", field="number")
        raise Refused("place_promised", "这个预留属于已接收的转诊单；请在转诊单上撤回或改期。", "promised to a referral", field="number")


def _require_taken(row: Reservation) -> None:
    """An offer is answered as an offer, so that whoever waits does not lose their place unseen."""
    if handing_on.is_unanswered(row):
        raise Refused("offer_unanswered", "这是候补排到的名额；请先在转诊单上接受，或放弃。", field="reservation")


def _let_go(place: Place, at: datetime) -> None:
    """One place less is taken, and it goes to who waits."""
    occupancy.give_back(place)
    handing_on.pass_on(place, at)


def _lease(actor: Actor, at: datetime) -> tuple[datetime, str]:
    """Until when a place is held that was just chosen, and the policy that says so."""
    lease = policybook.in_force("capacity.lease", timezone.localdate(at), actor.scope)
    return at + timedelta(minutes=lease.minutes), lease.policy_ref


def _may_give_back(actor: Actor, row: Reservation, place: Place) -> bool:
    return actor.may(access.RESERVE, row.by_institution_id) or actor.may(access.KEEP, occupancy.keeper(place))


def _not_theirs() -> Refused:
    return Refused("not_permitted", "这个预留不归您当前的岗位处理；请切换岗位。", "not permitted")


def _still(row: Reservation, at: datetime) -> Reservation:
    if row.state == ReservationState.HELD and row.expires_at and row.expires_at <= at or row.state in (ReservationState.LAPSED, ReservationState.RELEASED):
        raise Refused("lease_ended", "上次的预留已经到期或退还；请重新选择时段。", field="slot")
    return row


def _stand_again(row: Reservation, place: Place, at: datetime) -> None:
    """A lease that has run out is taken again where the place is still open and free."""
    handing_on.settle(place, at)
    row.refresh_from_db()
    if row.state == ReservationState.LAPSED:
        occupancy.require_open(place, at)
        occupancy.take_one(place)
        row.ended_at = None
