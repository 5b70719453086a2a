"""Who waits is asked in order; what is free goes to them and to nobody else; what they do not answer goes on."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from yilianti.capacity.schedules import actions, line, rules
from yilianti.capacity.schedules.models import Reservation, Slot, WaitingEntry
from yilianti.capacity.schedules.tests.factories import World
from yilianti.kernel import journal
from yilianti.kernel.finding import Refused

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def world(at: datetime) -> World:
    return World(at)


@pytest.fixture
def full(world: World) -> tuple[Slot, Reservation]:
    """One slot tomorrow, promised to somebody."""
    slot = world.slots(minutes=60)[0]
    held = world.hold(slot=slot.pk)
    return slot, actions.confirm(actor=world.office, number=held.number, at=world.at)


def offer_of(entry: WaitingEntry) -> Reservation:
    return entry.offers.filter(state="held").get()


def state(row: Any) -> str:
    row.refresh_from_db()
    return str(row.state)


def free(world: World, held: Reservation, at: datetime | None = None) -> None:
    actions.release(actor=world.doctor, number=held.number, because="不来了", at=at or world.at)


class TestJoining:
    def test_nobody_waits_where_something_is_free(self, world: World) -> None:
        world.slots()
        with pytest.raises(Refused, match="直接选"):
            world.wait()

    def test_a_slot_too_soon_to_tell_anybody_is_not_free(self, world: World) -> None:
        world.slots(starts_at=world.at + HOUR, ends_at=world.at + 2 * HOUR)
        assert world.wait().state == "waiting"

    def test_once_in_a_line_however_often_asked(self, world: World, full: Any) -> None:
        first = world.wait(subject="referral:ZZ1", resident=world.resident.id)
        assert world.wait(subject="referral:ZZ1", resident=world.resident.id).number == first.number
        with pytest.raises(Refused, match="不能重复排队"):
            world.wait(subject="referral:ZZ2", resident=world.resident.id)

    def test_an_emergency_does_not_wait(self, world: World, full: Any) -> None:
        with pytest.raises(Refused, match="急诊不排队"):
            world.wait(urgency="emergency")

    def test_a_stranger_puts_nobody_on_the_list(self, world: World, full: Any) -> None:
        with pytest.raises(Refused):
            world.wait(actor=world.actor(world.county.other_hospital, "referral_office"))


class TestTheOrder:
    def test_urgency_then_since_and_a_policy_may_say_otherwise(self, world: World, full: Any) -> None:
        early, late = world.wait(), world.wait(at=world.at + MINUTE)
        urgent = world.wait(at=world.at + 2 * MINUTE, urgency="urgent")
        assert rules.in_line([late, early, urgent], ("urgency", "since")) == [urgent, early, late]
        assert rules.in_line([late, urgent, early], ("since",)) == [early, late, urgent]
        assert line.in_order([early], world.at) == {urgent.pk: 1, early.pk: 2, late.pk: 3}

    def test_the_first_in_line_is_offered_what_is_given_back(self, world: World, full: Any) -> None:
        slot, held = full
        later, urgent = world.wait(), world.wait(at=world.at + MINUTE, urgency="urgent")
        free(world, held, world.at + 2 * MINUTE)
        slot.refresh_from_db()
        assert (state(urgent), state(later), slot.taken) == ("offered", "waiting", 1)
        offer = offer_of(urgent)
        assert (offer.resident_id, offer.slot_id, offer.by_institution) == (urgent.resident_id, slot.pk, world.county.township)

    def test_who_can_no_longer_be_told_in_time_is_not_asked(self, world: World, full: Any) -> None:
        slot, held = full
        entry = world.wait()
        free(world, held, slot.starts_at - HOUR)
        assert state(entry) == "waiting"
        assert world.hold(slot=slot.pk, at=slot.starts_at - HOUR).state == "held", "the place is free for whoever can come"

    def test_primary_care_is_asked_first_while_the_slot_is_kept_for_it(self, world: World) -> None:
        slot = world.slots(starts_at=world.at + 3 * DAY, ends_at=world.at + 3 * DAY + HOUR, minutes=60)[0]
        held = world.hold(slot=slot.pk)
        inside = world.wait(actor=world.office, by_institution=world.county.hospital.id)
        township = world.wait(at=world.at + MINUTE)
        free(world, held, world.at + 2 * MINUTE)
        assert (state(inside), state(township)) == ("waiting", "offered")


class TestWhatBecomesFree:
    def test_new_slots_go_to_who_waits(self, world: World, full: Any) -> None:
        entries = [world.wait(at=world.at + n * MINUTE) for n in range(4)]
        world.slots(starts_at=world.at + 2 * DAY, ends_at=world.at + 2 * DAY + HOUR)
        assert [state(entry) for entry in entries] == ["offered", "offered", "offered", "waiting"]
        assert [offer_of(entry).slot.starts_at for entry in entries[:3]] == sorted(offer_of(entry).slot.starts_at for entry in entries[:3])

    def test_a_bed_counted_free_goes_to_who_waits_for_that_pool(self, world: World, full: Any) -> None:
        pool = world.beds(total=10, occupied=10)
        for_bed, for_slot = world.wait(pool=pool.pk), world.wait()
        world.beds(total=10, occupied=9)
        pool.refresh_from_db()
        assert (state(for_bed), state(for_slot), pool.taken) == ("offered", "waiting", 1)

    def test_another_place_chosen_hands_the_old_one_on(self, world: World) -> None:
        first, second = world.slots(minutes=30)
        held, other = world.hold(slot=first.pk), world.hold(slot=second.pk)
        entry = world.wait()
        pool = world.beds()
        actions.exchange(actor=world.doctor, number=held.number, pool=pool.pk, at=world.at)
        assert state(entry) == "offered" and offer_of(entry).slot_id == first.pk
        assert state(other) == "held"

    def test_a_stranger_cannot_snatch_what_ran_out(self, world: World) -> None:
        slot = world.slots(minutes=60)[0]
        world.hold(slot=slot.pk)
        entry = world.wait()
        with pytest.raises(Refused, match="约满"):
            world.hold(slot=slot.pk, at=world.at + 20 * MINUTE)
        assert state(entry) == "offered", "and what was found stays, although the stranger was refused"

    def test_a_lease_that_ran_out_is_not_taken_again_over_the_heads_of_others(self, world: World) -> None:
        slot = world.slots(minutes=60)[0]
        held = world.hold(slot=slot.pk)
        world.wait()
        with pytest.raises(Refused, match="约满"):
            actions.extend(actor=world.doctor, number=held.number, until=world.at + DAY, at=world.at + 20 * MINUTE)

    def test_the_clock_hands_on_what_nobody_has_touched(self, world: World, full: Any) -> None:
        slot, held = full
        free(world, held)
        entry = WaitingEntry.objects.create(number="YH1", department=world.department, keeper=world.county.hospital, resident_id=world.patient(),
                                            by_institution=world.county.township, joined_at=world.at, since=world.at)  # fmt: skip
        assert actions.pass_on_due(at=world.at + MINUTE) == 1
        assert actions.pass_on_due(at=world.at + 2 * MINUTE) == 0
        assert state(entry) == "offered"


class TestAnswering:
    @pytest.fixture
    def offered(self, world: World, full: Any) -> WaitingEntry:
        _, held = full
        entry, _ = world.wait(subject="referral:ZZ1"), world.wait(at=world.at + MINUTE)
        free(world, held, world.at + 2 * MINUTE)
        entry.refresh_from_db()
        return entry

    def test_taken_it_is_held_until_then(self, world: World, offered: WaitingEntry) -> None:
        until = world.at + 12 * HOUR
        held = actions.take_offer(actor=world.doctor, number=offered.number, until=until, at=world.at + 10 * MINUTE)
        assert (state(offered), held.state, held.expires_at, held.subject) == ("placed", "held", until, "referral:ZZ1")
        assert actions.confirm(actor=world.office, number=held.number, at=world.at + 11 * MINUTE).state == "confirmed"
        words = [entry.word for entry in journal.history(f"schedules:{offered.number}")]
        assert words == ["schedules.line_joined", "schedules.offered", "schedules.offer_taken"]

    def test_unanswered_it_goes_to_the_next_without_any_clock(self, world: World, offered: WaitingEntry) -> None:
        late = offer_of(offered).expires_at
        assert late is not None and late > world.at + 2 * MINUTE
        with pytest.raises(Refused, match="已让给下一位"):
            actions.take_offer(actor=world.doctor, number=offered.number, until=late + DAY, at=late)
        with pytest.raises(Refused, match="约满"):
            world.hold(slot=Slot.objects.get().pk, at=late)
        second = WaitingEntry.objects.exclude(pk=offered.pk).get()
        assert (state(offered), state(second), offered.passed, offered.since) == ("waiting", "offered", 1, late)

    def test_the_clock_does_the_same(self, world: World, offered: WaitingEntry) -> None:
        late = offer_of(offered).expires_at
        assert late is not None
        actions.lapse_due(actor=world.office, at=late)
        assert [state(entry) for entry in WaitingEntry.objects.order_by("id")] == ["waiting", "offered"]

    def test_twice_unanswered_they_are_no_longer_asked(self, world: World, offered: WaitingEntry) -> None:
        moment = world.at
        while state(offered) in ("waiting", "offered") and moment < world.at + 5 * DAY:
            WaitingEntry.objects.exclude(pk=offered.pk).update(state="left")
            world.slots(starts_at=moment + 9 * DAY, ends_at=moment + 9 * DAY + HOUR, minutes=60)
            moment = moment + DAY
            actions.lapse_due(actor=world.office, at=moment)
        assert (state(offered), offered.passed) == ("dropped", 2)

    def test_declined_it_goes_on_and_the_place_in_the_line_is_kept(self, world: World, offered: WaitingEntry) -> None:
        with pytest.raises(Refused, match="写明原因"):
            actions.decline_offer(actor=world.doctor, number=offered.number, because=" ", at=world.at + 3 * MINUTE)
        actions.decline_offer(actor=world.doctor, number=offered.number, because="那天来不了", at=world.at + 3 * MINUTE)
        second = WaitingEntry.objects.exclude(pk=offered.pk).get()
        assert (state(offered), offered.since, state(second)) == ("waiting", world.at, "offered")
        actions.decline_offer(actor=world.doctor, number=second.number, because="也来不了", at=world.at + 4 * MINUTE)
        assert (state(offered), state(second)) == ("waiting", "waiting"), "nobody is asked twice about one slot"
        assert world.hold(slot=Slot.objects.get().pk, at=world.at + 5 * MINUTE).state == "held"

    def test_leaving_with_an_offer_hands_it_on(self, world: World, offered: WaitingEntry) -> None:
        actions.leave(actor=world.doctor, number=offered.number, because="撤回", at=world.at + 3 * MINUTE)
        assert actions.leave(actor=world.doctor, number=offered.number, because="又一次", at=world.at + 3 * MINUTE).because == "撤回"
        assert [state(entry) for entry in WaitingEntry.objects.order_by("id")] == ["left", "offered"]

    def test_the_keeper_removes_with_a_reason_and_nobody_else(self, world: World, offered: WaitingEntry) -> None:
        with pytest.raises(Refused):
            actions.remove(actor=world.actor(world.county.township, "village_doctor"), number=offered.number, because="重复", at=world.at)
        gone = actions.remove(actor=world.office, number=offered.number, because="已在别处住院", at=world.at + 3 * MINUTE)
        assert (gone.state, gone.because) == ("removed", "已在别处住院")
        with pytest.raises(Refused, match="已移出"):
            actions.remove(actor=world.office, number=offered.number, because="又一次", at=world.at + 3 * MINUTE)

    def test_an_offer_is_not_used_as_if_it_were_held(self, world: World, offered: WaitingEntry) -> None:
        offer, moment = offer_of(offered).number, world.at + 3 * MINUTE
        other = world.slots(starts_at=world.at + 4 * DAY, ends_at=world.at + 4 * DAY + HOUR, minutes=15)[-1]
        for act in (lambda: actions.extend(actor=world.doctor, number=offer, until=world.at + DAY, at=moment), lambda: actions.confirm(actor=world.office, number=offer, at=moment),
                    lambda: actions.release(actor=world.doctor, number=offer, because="", at=moment),
                    lambda: actions.exchange(actor=world.doctor, number=offer, slot=other.pk, at=moment)):  # fmt: skip
            with pytest.raises(Refused) as refusal:
                act()
            assert refusal.value.code == "offer_unanswered"

    def test_where_they_stand_is_told(self, world: World, offered: WaitingEntry) -> None:
        told = line.standing("referral:ZZ1", world.at + 3 * MINUTE)
        assert told is not None and (told.state, told.ahead, told.place) == ("offered", 0, "心内科") and "心内科" in told.offered
        assert told.answer_by == offer_of(offered).expires_at
        assert told.answer_by is not None
        over = line.standing("referral:ZZ1", told.answer_by)
        assert over is not None and over.state == "waiting", "an offer whose time is over is none"
        assert line.standing("referral:ZZ9", world.at) is None
        assert line.lengths([world.department.pk], []) == {(world.department.pk, None): 1}
