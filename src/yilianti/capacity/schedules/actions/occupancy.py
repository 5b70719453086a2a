"""A place under lock: what stands on it, what has run out, what is free.

Every act locks the place (slot or pool) first and the reservation after it; two places in the order of their numbers, slots before pools.
`taken` counts reservations that were not ended; a held one whose lease has run out is ended by whoever next locks the place, so that
expiry needs no clock of its own.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from yilianti.capacity.schedules.lifecycle import RESERVATION
from yilianti.capacity.schedules.models import BedPool, Reservation, Slot
from yilianti.capacity.schedules.terms import BedKind
from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.institutions import api as institutions

PRIMARY = ("village", "township")
Place = Slot | BedPool
Where = tuple[int | None, int | None]


def locked(slot: int | None, pool: int | None) -> Place:
    """The one place that is named, held until the transaction ends."""
    return all_locked((slot, pool))[0]


def all_locked(*wanted: Where) -> list[Place]:
    """Each (slot, pool) as a locked place, in the order asked; locked in the order of their numbers."""
    for slot, pool in wanted:
        if (slot is None) == (pool is None):
            raise Refused("place_missing", "请选择一个时段或一类床位。", field="slot")
    slots, pools = [slot for slot, _ in wanted if slot is not None], [pool for _, pool in wanted if pool is not None]
    found: dict[Where, Place] = {}
    if slots:
        found |= {(row.pk, None): row for row in Slot.objects.select_for_update().filter(pk__in=slots).order_by("id")}
    if pools:
        found |= {(None, row.pk): row for row in BedPool.objects.select_for_update().filter(pk__in=pools).order_by("id")}
    if missing := [where for where in wanted if where not in found]:
        raise Refused("unknown_place", "没有这个时段或床位；请刷新后重选。", f"no place {missing[0]}", field="slot")
    return [found[where] for where in wanted]


def both(number: str, *more: Where) -> tuple[Reservation, list[Place]]:
    """The reservation with its place, and other places beside it, all locked. One that moves meanwhile is looked for again."""
    while True:
        where = Reservation.objects.filter(number=number).values_list("slot", "pool").first()
        if where is None:
            raise Refused("unknown_reservation", f"没有编号为 {number} 的预留；请刷新后重选。", field="reservation")
        mark = transaction.savepoint()
        found = all_locked(where, *more)
        row = Reservation.objects.select_for_update().get(number=number)
        if (row.slot_id, row.pool_id) == where:
            transaction.savepoint_commit(mark)
            return row, found
        transaction.savepoint_rollback(mark)  # somebody chose another place for it: these locks are let go


def end_expired(place: Place, at: datetime, *, offers: bool = True) -> list[Reservation]:
    """End the leases on this place that have run out; returns them. Who leaves `offers` alone has not locked the line."""
    mine: dict[str, Any] = {"slot": place} if isinstance(place, Slot) else {"pool": place}
    expired = list(Reservation.objects.select_for_update().filter(state="held", expires_at__lte=at, **mine, **({} if offers else {"waiting": None})).order_by("id"))
    for row in expired:
        word = RESERVATION.step(row, "lapse").word
        row.ended_at = at
        saved(Actor.system(), row, place, word, at)
    if expired:
        give_back(place, len(expired))
    return expired


def give_back(place: Place, count: int = 1) -> None:
    place.taken -= count
    place.save(update_fields=["taken"])


def has_room(place: Place) -> bool:
    return place.taken < place.capacity if isinstance(place, Slot) else place.taken + place.occupied < place.total


def full(place: Place) -> Refused:
    return Refused("place_taken", "这个时段刚刚约满；请选择别的时段。" if isinstance(place, Slot) else "这类床位刚刚留满；请选择别的床位。", "taken", field="slot")


def take_one(place: Place) -> None:
    """One of what is free, or Refused."""
    if not has_room(place):
        raise full(place)
    place.taken += 1
    place.save(update_fields=["taken"])


def require_open(place: Place, at: datetime) -> None:
    """Refuse a time that has begun or does not take place."""
    if isinstance(place, Slot) and (not place.is_open or place.starts_at <= at):
        raise Refused("place_closed", "这个时段已停诊或已经开始；请选择别的时段。", "closed", field="slot")


def require_turn(place: Place, actor: Actor, by_institution: int, at: datetime) -> None:
    """Refuse a time that is still kept for primary care."""
    if isinstance(place, Slot) and at < place.primary_until and not actor.is_system and not is_primary(by_institution):
        when = f"{timezone.localtime(place.primary_until):%m月%d日 %H:%M}"
        raise Refused("primary_first", f"这个时段先留给基层，{when} 以后开放；请选择别的时段。", "primary care first", field="slot")


def is_primary(institution: int) -> bool:
    found = institutions.get(institution)
    return found is not None and found.level in PRIMARY


def keeper(place: Place) -> int:
    """The institution whose book it stands in."""
    return place.schedule.institution_id if isinstance(place, Slot) else place.institution_id


def words(place: Place) -> str:
    """The place as people call it."""
    if isinstance(place, Slot):
        return f"{place.department.name} {timezone.localtime(place.starts_at):%m月%d日 %H:%M}"
    return f"{place.department.name if place.department else ''} {BedKind.label(place.kind)}".strip()


def saved(actor: Actor, row: Reservation, place: Place, word: str, at: datetime, refs: tuple[str, ...] = (), **facts: Any) -> Reservation:
    """Save the reservation with its one journal line."""
    row.save()
    journal.write(word, actor=actor, at=at, subject=f"schedules:{row.number}", resident=row.resident_id, from_institution=row.by_institution_id,
                  to_institution=keeper(place), policy_refs=refs,
                  facts={"number": row.number, "state": row.state, "for": row.subject, "slot": row.slot_id, "pool": row.pool_id, **facts})  # fmt: skip
    return row
