"""Standing in line where nothing is free: joining, answering an offer, leaving, being removed by the keeper of the book."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from yilianti import policybook
from yilianti.capacity.schedules import access, places
from yilianti.capacity.schedules.actions import handing_on, occupancy
from yilianti.capacity.schedules.actions.occupancy import Place
from yilianti.capacity.schedules.lifecycle import RESERVATION, WAITING
from yilianti.capacity.schedules.models import BedPool, Reservation, WaitingEntry
from yilianti.capacity.schedules.terms import IN_LINE, Urgency
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.numbers import next_number
from yilianti.registry.institutions import api as institutions

_AHEAD = timedelta(days=28)
_TRIES = 9
Standing = tuple[Reservation, Place] | None


@transaction.atomic
def join(*, actor: Actor, resident: int, by_institution: int, urgency: str, at: datetime, department: int | None = None, pool: int | None = None,
         subject: str = "") -> WaitingEntry:  # fmt: skip
    """Wait for a slot of a department or a bed of a pool; who stands there already keeps their place. Refused while something is free."""
    keeper = _keeper(department, pool)
    if not (actor.may(access.RESERVE, by_institution) or actor.may(access.KEEP, keeper)):
        raise Refused("not_permitted", "您当前的岗位不能办理候补；请切换岗位。", "not permitted")
    if urgency not in {str(known.value) for known in Urgency}:
        raise Refused("does_not_wait", "急诊不排队；请直接联系接收方，或按绿色通道转诊。", "an emergency does not wait in a line", field="urgency")
    _require_nothing_free(department, pool, by_institution, keeper, at)
    where = {"resident_id": resident, "department_id": department, "pool_id": pool}
    entry, is_new = WaitingEntry.objects.get_or_create(**where, state__in=IN_LINE, defaults={
        "number": next_number("YH", at), "keeper_id": keeper, "by_institution_id": by_institution, "subject": subject, "urgency": urgency, "joined_at": at,
        "joined_by_id": actor.person, "since": at,
    })  # fmt: skip
    if is_new:
        handing_on.record(actor, entry, "schedules.line_joined", at, urgency=urgency)
    elif entry.subject != subject:
        raise Refused("waits_already", f"这位居民已在这里排队（{entry.number}）；不能重复排队。", "waits there already", field="queue")
    return entry


def take_offer(*, actor: Actor, number: str, until: datetime, at: datetime) -> Reservation:
    """The offer is taken: the place stays held until then. One that came too late has gone to the next."""
    with transaction.atomic():
        entry, standing = _locked(number, at)
        _require_side(actor, entry)
        row, place = _offered(entry, standing)
        word = WAITING.step(entry, "take_offer").word
        entry.ended_at = at
        entry.save()
        row.expires_at = max(until, row.expires_at or until)
        occupancy.saved(actor, row, place, RESERVATION.step(row, "extend").word, at)
        handing_on.record(actor, entry, word, at, reservation=row.number, place=occupancy.words(place))
        return row


def decline_offer(*, actor: Actor, number: str, because: str, at: datetime) -> WaitingEntry:
    """Not this one: it goes to the next, and the place in the line is kept."""
    _require_reason(because)
    with transaction.atomic():
        entry, standing = _locked(number, at)
        _require_side(actor, entry)
        row, place = _offered(entry, standing)
        word = WAITING.step(entry, "decline_offer").word
        entry.save()
        handing_on.record(actor, entry, word, at, because=because.strip()[:120], place=occupancy.words(place))
        _let_go(actor, row, place, because, at, declined=entry.pk)
        return entry


def leave(*, actor: Actor, number: str, because: str, at: datetime) -> WaitingEntry:
    """No longer waiting; an offer not yet answered goes to the next. Who has left already stays as they left."""
    with transaction.atomic():
        entry, standing = _locked(number, at)
        _require_side(actor, entry)
        return _end(actor, entry, standing, "leave", because, at)


def remove(*, actor: Actor, number: str, because: str, at: datetime) -> WaitingEntry:
    """The keeper of the book takes somebody off the list, and says why."""
    _require_reason(because)
    with transaction.atomic():
        entry, standing = _locked(number, at)
        actor.require(access.KEEP, entry.keeper_id)
        if entry.state not in IN_LINE:
            raise WAITING.refusal("remove", entry.state)
        return _end(actor, entry, standing, "remove", because, at)


def _end(actor: Actor, entry: WaitingEntry, standing: Standing, action: str, because: str, at: datetime) -> WaitingEntry:
    if entry.state not in IN_LINE:
        return entry
    word = WAITING.step(entry, action).word
    entry.ended_at, entry.because = at, because.strip()[:120]
    entry.save()
    handing_on.record(actor, entry, word, at, because=entry.because)
    if standing is not None:
        _let_go(actor, *standing, because, at)
    return entry


def _let_go(actor: Actor, row: Reservation, place: Place, because: str, at: datetime, declined: int | None = None) -> None:
    word = RESERVATION.step(row, "release").word
    row.ended_at, row.because = at, because.strip()[:120]
    occupancy.saved(actor, row, place, word, at, was="held")
    occupancy.give_back(place)
    handing_on.pass_on(place, at, declined=declined)


def _locked(number: str, at: datetime) -> tuple[WaitingEntry, Standing]:
    """The entry, with the offer that stands for it and its place, locked in the order of all others; what has run out is settled first."""
    for _ in range(_TRIES):
        offer = Reservation.objects.filter(waiting__number=number, waiting__state="offered", state="held").values_list("number", flat=True).first()
        mark = transaction.savepoint()
        standing: Standing = None
        if offer is not None:
            row, (place,) = occupancy.both(offer)
            handing_on.settle(place, at)
            row.refresh_from_db()
            standing = (row, place) if row.state == "held" else None
        entry = WaitingEntry.objects.select_for_update().filter(number=number).first()
        if entry is None:
            raise Refused("unknown_entry", f"没有编号为 {number} 的候补；请刷新页面。", field="number")
        if (entry.state == "offered") == (standing is not None):
            transaction.savepoint_commit(mark)
            return entry, standing
        transaction.savepoint_rollback(mark)  # an offer came or went meanwhile: looked at again
    raise Refused("changed_meanwhile", "这个候补刚刚有变化；请刷新页面。", "changed meanwhile")


def _offered(entry: WaitingEntry, standing: Standing) -> tuple[Reservation, Place]:
    if standing is None:
        raise Refused("offer_gone", "这个名额已过答复时间，已让给下一位；还在排队的，排到时会再通知。", "the offer has passed on", field="offer")
    return standing


def _require_side(actor: Actor, entry: WaitingEntry) -> None:
    if not (actor.may(access.RESERVE, entry.by_institution_id) or actor.may(access.KEEP, entry.keeper_id)):
        raise Refused("not_permitted", "这个候补不归您当前的岗位处理；请切换岗位。", "not permitted")


def _require_reason(because: str) -> None:
    if not because.strip():
        raise Refused("reason_missing", "请写明原因。", field="because")


def _keeper(department: int | None, pool: int | None) -> int:
    if (department is None) == (pool is None):
        raise Refused("line_missing", "请选择在哪个科室或哪类床位排队。", field="queue")
    rows: Any = institutions.Department.objects.filter(pk=department) if department is not None else BedPool.objects.filter(pk=pool or 0)
    keeper = rows.values_list("institution", flat=True).first()
    if keeper is None:
        raise Refused("unknown_line", "没有这个科室或床位；请刷新后重选。", field="queue")
    return int(keeper)


def _require_nothing_free(department: int | None, pool: int | None, by_institution: int, keeper: int, at: datetime) -> None:
    """A slot that begins too soon to tell anybody does not count."""
    scope = institutions.scope_of(keeper, at)
    if department is not None:
        soonest = at + timedelta(minutes=policybook.in_force("capacity.waiting", timezone.localdate(at), scope).notice_minutes)
        free = any(slot.starts_at >= soonest for slot in places.free_slots(department=department, now=at, until=at + _AHEAD, primary=occupancy.is_primary(by_institution)))
    else:
        free = any(bed.pool == pool and bed.free for bed in places.beds([keeper], at, scope))
    if free:
        raise Refused("place_free", "现在还有空号或空床，不用排队；请直接选。", "something is free", field="queue")
