"""Where the hospital's own appointments meet our slots: one that names a reservation confirms, moves or withdraws it, any other occupies its slot.

What the hospital has booked is booked: in a slot already sold it is overbooked, shown so, and takes the first place that comes free there.
Only places are locked here, never a line: a batch of messages is one transaction, and who waits is asked by whoever settles the place next.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import NAMESPACE_OID, uuid5

from django.db.models import Q
from django.utils import timezone

from yilianti.capacity.schedules.actions import occupancy
from yilianti.capacity.schedules.actions.occupancy import Place
from yilianti.capacity.schedules.lifecycle import RESERVATION
from yilianti.capacity.schedules.models import Appointment, Reservation, Schedule, Slot
from yilianti.capacity.schedules.terms import STANDING, State
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Finding, Severity
from yilianti.kernel.numbers import next_number
from yilianti.registry.residents import api as residents

SUBJECT = "appointment:"
Findings = tuple[Finding, ...]


def meet(row: Appointment, actor: Actor, at: datetime) -> Findings:
    """Tell our slots what has become of an appointment that was just filed; returns what was noticed."""
    own, findings = _named(row)
    if row.state != State.BOOKED:
        if own is not None:
            _withdraw(actor, own, at, "院方取消预约" if row.state == State.CANCELLED else "院方记为未到")
        return _met(row, None, None, findings)
    slot = own.slot if own is not None and own.slot is not None and own.slot.starts_at <= row.starts_at < own.slot.ends_at else _slot_of(row)
    own = own or (_standing_in(slot, row) if slot is not None else None)
    if own is not None and own.pool_id is not None:
        return _met(row, None, _book(actor, own, at), findings)
    if slot is None:
        if own is not None:
            _withdraw(actor, own, at, f"院方改到 {timezone.localtime(row.starts_at):%m月%d日 %H:%M}，不在开放的号源内")
        return _met(row, None, None, findings)
    held = _occupy(row, slot, actor, at) if own is None else _book(actor, own, at) if own.slot_id == slot.pk else _move(actor, own, slot, at)
    return _met(row, slot, held, findings if held is not None else (*findings, _overbooked(slot)))


def absorb(place: Place, at: datetime) -> None:
    """What the hospital has overbooked in a locked slot takes what is free there, before anybody else."""
    if not isinstance(place, Slot) or not place.is_open or not occupancy.has_room(place):
        return
    for row in Appointment.objects.filter(slot=place, reservation=None, state=State.BOOKED.value).order_by("id"):
        if occupancy.has_room(place):
            row.reservation = _taken(row, place, Actor.system(), at)
            row.save(update_fields=["reservation"])


def find_slots(schedules: Iterable[Schedule], at: datetime) -> None:
    """Appointments the hospital told of before its slots were opened here occupy these now."""
    for schedule in schedules:
        known = Appointment.objects.filter(institution=schedule.institution_id, state=State.BOOKED.value, slot=None, reservation=None,
                                           starts_at__gte=schedule.starts_at, starts_at__lt=schedule.ends_at)  # fmt: skip
        for row in known.order_by("starts_at", "id"):
            meet(row, Actor.system(), at)


def _named(row: Appointment) -> tuple[Reservation | None, Findings]:
    """The reservation this appointment is linked with or names, while it can still be used; what is odd about one it names."""
    numbers = [number for number in (row.placer_number, row.filler_number) if number.startswith("YL")]
    if row.reservation_id is None and not numbers:
        return None, ()
    named = Q(pk=row.reservation_id) if row.reservation_id is not None else Q(number__in=numbers)
    found = Reservation.objects.filter(named).exclude(waiting__state="offered").select_related("slot__schedule", "pool").first()
    if found is None or found.keeper_id != row.institution_id:
        return None, ()
    if found.resident_id not in residents.all_ids(row.resident_id):
        return None, (_odd("reservation_of_other", f"预留 {found.number} 属于另一位居民，未与这次预约对应。"),)
    if found.state in ("released", "used"):
        return None, (_odd("reservation_ended", f"预留 {found.number} 已退还或已使用，这次预约按新的占号。"),) if row.state == State.BOOKED else ()
    return found, ()


def _slot_of(row: Appointment) -> Slot | None:
    """The open slot of that department in which it begins; the doctor's own session first, then one with room."""
    if not (row.department or row.department_code):
        return None
    called = Q(department__name=row.department) | Q(department__code__in=[code for code in (row.department_code, row.department) if code])
    found = Slot.objects.filter(called, schedule__institution=row.institution_id, is_open=True, starts_at__lte=row.starts_at, ends_at__gt=row.starts_at)
    slots = list(found.select_related("schedule__practitioner").order_by("id"))
    slots.sort(key=lambda slot: (not (row.practitioner and slot.schedule.practitioner and slot.schedule.practitioner.name == row.practitioner), slot.taken >= slot.capacity))
    return slots[0] if slots else None


def _standing_in(slot: Slot, row: Appointment) -> Reservation | None:
    """The same patient's reservation in that slot, which the hospital did not name: one patient takes one place."""
    mine = Reservation.objects.filter(slot=slot, state__in=STANDING, resident__in=residents.all_ids(row.resident_id), appointments=None)
    return mine.exclude(waiting__state="offered").order_by("id").first()


def _book(actor: Actor, own: Reservation, at: datetime) -> Reservation | None:
    """The hospital has the patient in its book: the place is sure. One that lapsed is taken again where there is room."""
    row, (place,) = occupancy.both(own.number)
    occupancy.end_expired(place, at, offers=False)
    row.refresh_from_db()
    if row.state == "confirmed":
        return row
    if row.state == "lapsed":
        if not occupancy.has_room(place):
            return None
        occupancy.take_one(place)
    word = RESERVATION.step(row, "book").word
    row.expires_at = row.ended_at = None
    return occupancy.saved(actor, row, place, word, at)


def _move(actor: Actor, own: Reservation, slot: Slot, at: datetime) -> Reservation | None:
    """To another slot of ours; where that one is full the old place is given back all the same, for nobody comes on it."""
    row, (old, new) = occupancy.both(own.number, (slot.pk, None))
    for place in (old, new):
        occupancy.end_expired(place, at, offers=False)
    row.refresh_from_db()
    stood = row.state in STANDING
    if not occupancy.has_room(new):
        if stood:
            _end(actor, row, old, at, "院方改到已约满的时段")
        return None
    word = RESERVATION.step(row, "move").word
    former, row.slot_id = row.slot_id, slot.pk
    row.expires_at = row.ended_at = None
    occupancy.take_one(new)
    if stood:
        occupancy.give_back(old)
    return occupancy.saved(actor, row, new, word, at, former_slot=former, where=occupancy.words(new))


def _withdraw(actor: Actor, own: Reservation, at: datetime, because: str) -> None:
    row, (place,) = occupancy.both(own.number)
    if row.state in STANDING:
        _end(actor, row, place, at, because)


def _end(actor: Actor, row: Reservation, place: Place, at: datetime, because: str) -> None:
    word = RESERVATION.step(row, "withdraw").word
    row.ended_at, row.because = at, because[:120]
    occupancy.give_back(place)
    occupancy.saved(actor, row, place, word, at, because=because, where=occupancy.words(place))


def _occupy(row: Appointment, slot: Slot, actor: Actor, at: datetime) -> Reservation | None:
    place = occupancy.locked(slot.pk, None)
    occupancy.end_expired(place, at, offers=False)
    return _taken(row, place, actor, at) if occupancy.has_room(place) else None


def _taken(row: Appointment, place: Place, actor: Actor, at: datetime) -> Reservation:
    occupancy.take_one(place)
    held = Reservation(number=next_number("YL", at), client_key=uuid5(NAMESPACE_OID, f"{row.number}:{row.version}:{place.pk}"), slot_id=place.pk, resident_id=row.resident_id,
                       by_institution_id=row.institution_id, subject=f"{SUBJECT}{row.number}", state="confirmed", held_at=at)  # fmt: skip
    return occupancy.saved(actor, held, place, "schedules.place_occupied", at, appointment=row.number)


def _met(row: Appointment, slot: Slot | None, held: Reservation | None, findings: Findings) -> Findings:
    row.slot, row.reservation = slot, held
    row.save(update_fields=["slot", "reservation"])
    return findings


def _overbooked(slot: Slot) -> Finding:
    return _odd("slot_overbooked", f"{occupancy.words(slot)} 在本平台的号已约满，院方又约了一位；已记为超约，号源周表上可见。")


def _odd(code: str, sentence: str) -> Finding:
    return Finding(code, sentence, severity=Severity.WARNING, en=code.replace("_", " "))
