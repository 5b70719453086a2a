"""Places are held under a lease, confirmed, given back; what has run out is free at once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from yilianti.capacity.schedules import actions, places, rules
from yilianti.capacity.schedules.tests.factories import World
from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def world(at: datetime) -> World:
    return World(at)


class TestSessions:
    def test_a_session_has_slots_and_may_repeat(self, world: World) -> None:
        opened = actions.open_schedule(actor=world.office, institution=world.county.hospital.id, session=world.session(), at=world.at, weeks=3)
        assert [session.slots.count() for session in opened] == [3, 3, 3]
        assert opened[2].starts_at - opened[0].starts_at == timedelta(weeks=2)

    @pytest.mark.parametrize(("changes", "field"), [
        ({"minutes": 0}, "minutes"), ({"minutes": 90}, "minutes"), ({"capacity": 0}, "capacity"), ({"ends_at": datetime(2020, 1, 1, tzinfo=None).astimezone()}, "ends_at"),
    ])  # fmt: skip
    def test_a_wrong_session_names_the_field(self, world: World, changes: dict[str, Any], field: str) -> None:
        with pytest.raises(Refused) as refusal:
            actions.open_schedule(actor=world.office, institution=world.county.hospital.id, session=world.session(**changes), at=world.at)
        assert refusal.value.field == field

    def test_it_is_not_closed_while_somebody_is_expected(self, world: World) -> None:
        slot = world.slots()[0]
        held = world.hold(slot=slot.pk)
        with pytest.raises(Refused, match="还有 1 位患者"):
            actions.close_schedule(actor=world.office, schedule=slot.schedule_id, because="停诊", at=world.at)
        actions.release(actor=world.doctor, number=held.number, because="改约", at=world.at)
        actions.close_schedule(actor=world.office, schedule=slot.schedule_id, because="停诊", at=world.at)
        with pytest.raises(Refused, match="停诊"):
            world.hold(slot=slot.pk)

    def test_closing_counts_all_its_slots_at_once(self, world: World, django_assert_max_num_queries: Any) -> None:
        slots = world.slots(capacity=2)
        for slot in slots:
            world.hold(slot=slot.pk)
        with django_assert_max_num_queries(6), pytest.raises(Refused, match="还有 3 位患者"):
            actions.close_schedule(actor=world.office, schedule=slots[0].schedule_id, because="停诊", at=world.at)

    @pytest.mark.parametrize("again", ["confirm", "extend"])
    def test_nobody_comes_back_to_a_session_that_was_closed(self, world: World, again: str) -> None:
        slot = world.slots()[0]
        held, later = world.hold(slot=slot.pk), world.at + 20 * MINUTE
        actions.close_schedule(actor=world.office, schedule=slot.schedule_id, because="停诊", at=later)
        given: dict[str, Any] = {"confirm": {"actor": world.office}, "extend": {"actor": world.doctor, "until": later + MINUTE}}[again]
        with pytest.raises(Refused, match="停诊"):
            getattr(actions, again)(number=held.number, at=later, **given)

    def test_only_the_house_keeps_its_book(self, world: World) -> None:
        with pytest.raises(Refused):
            actions.open_schedule(actor=world.doctor, institution=world.county.hospital.id, session=world.session(), at=world.at)


class TestHolding:
    def test_the_same_choice_twice_is_one_reservation(self, world: World) -> None:
        slot, key = world.slots()[0], uuid4()
        assert world.hold(slot=slot.pk, client_key=key).number == world.hold(slot=slot.pk, client_key=key).number
        slot.refresh_from_db()
        assert slot.taken == 1

    def test_a_full_slot_is_refused_until_its_lease_runs_out(self, world: World) -> None:
        slot = world.slots()[0]
        first = world.hold(slot=slot.pk)
        with pytest.raises(Refused, match="约满"):
            world.hold(slot=slot.pk, at=world.at + 14 * MINUTE)
        second = world.hold(slot=slot.pk, at=world.at + 15 * MINUTE)
        first.refresh_from_db()
        slot.refresh_from_db()
        assert (first.state, second.state, slot.taken) == ("lapsed", "held", 1)
        with pytest.raises(Refused, match="约满"):
            actions.extend(actor=world.doctor, number=first.number, until=world.at + timedelta(days=1), at=world.at + 16 * MINUTE)

    def test_a_lease_that_ran_out_is_taken_again_where_nobody_came(self, world: World) -> None:
        slot = world.slots()[0]
        held = world.hold(slot=slot.pk)
        again = actions.extend(actor=world.doctor, number=held.number, until=world.at + timedelta(days=1), subject="referral:ZZ1", at=world.at + 40 * MINUTE)
        slot.refresh_from_db()
        assert (again.state, again.subject, slot.taken) == ("held", "referral:ZZ1", 1)
        assert [e.word for e in journal.history(f"schedules:{held.number}")] == ["schedules.held", "schedules.lapsed", "schedules.extended"]

    def test_confirmed_has_no_end_and_given_back_is_free(self, world: World) -> None:
        slot = world.slots()[0]
        held = world.hold(slot=slot.pk)
        sure = actions.confirm(actor=world.office, number=held.number, at=world.at + MINUTE)
        assert (sure.state, sure.expires_at) == ("confirmed", None)
        assert actions.lapse_due(actor=world.office, at=world.at + timedelta(days=9)) == 0
        actions.release(actor=world.office, number=held.number, because="撤回", at=world.at + 2 * MINUTE)
        assert actions.release(actor=world.office, number=held.number, because="又一次", at=world.at + 3 * MINUTE).because == "撤回"
        slot.refresh_from_db()
        assert slot.taken == 0

    def test_what_was_promised_to_a_referral_no_person_gives_back(self, world: World) -> None:
        held = world.hold(slot=world.slots()[0].pk)
        actions.extend(actor=world.doctor, number=held.number, until=world.at + timedelta(days=1), subject="referral:ZZ1", at=world.at)
        actions.confirm(actor=world.office, number=held.number, at=world.at)
        for person in (world.doctor, world.office):
            with pytest.raises(Refused) as refusal:
                actions.release(actor=person, number=held.number, because="", at=world.at)
            assert refusal.value.code == "place_promised"
        assert actions.release(actor=Actor.system(), number=held.number, because="撤回", at=world.at).state == "released"

    def test_the_clock_only_tidies_up(self, world: World) -> None:
        held = world.hold(slot=world.slots()[0].pk)
        assert actions.lapse_due(actor=world.office, at=world.at + 14 * MINUTE) == 0
        assert actions.lapse_due(actor=world.office, at=world.at + 15 * MINUTE) == 1
        held.refresh_from_db()
        assert held.state == "lapsed"

    def test_primary_care_comes_first(self, world: World) -> None:
        slot = world.slots(starts_at=world.at + timedelta(days=3), ends_at=world.at + timedelta(days=3, hours=1))[0]
        colleague = world.actor(world.county.hospital, "county_department")
        with pytest.raises(Refused, match="先留给基层"):
            world.hold(slot=slot.pk, actor=colleague)
        assert world.hold(slot=slot.pk, actor=colleague, at=world.at + timedelta(days=2, minutes=1)).state == "held"

    def test_a_stranger_does_not_give_back_what_is_not_theirs(self, world: World) -> None:
        held = world.hold(slot=world.slots()[0].pk)
        with pytest.raises(Refused) as refusal:
            actions.release(actor=world.actor(world.county.other_hospital, "referral_office"), number=held.number, because="", at=world.at)
        assert refusal.value.code == "not_permitted"


class TestBeds:
    def test_a_reserved_bed_becomes_an_occupied_one(self, world: World) -> None:
        pool = world.beds(total=10, occupied=8)
        first, second = world.hold(pool=pool.pk), world.hold(pool=pool.pk)
        with pytest.raises(Refused, match="留满"):
            world.hold(pool=pool.pk)
        actions.confirm(actor=world.office, number=first.number, at=world.at)
        actions.use(actor=world.office, number=first.number, at=world.at)
        pool.refresh_from_db()
        assert (pool.taken, pool.occupied) == (1, 9)
        assert actions.unuse(actor=world.office, number=first.number, at=world.at).state == "confirmed"
        actions.unuse(actor=world.office, number=first.number, at=world.at)
        pool.refresh_from_db()
        assert (pool.taken, pool.occupied) == (2, 8), "an arrival taken back is a place kept"
        actions.use(actor=world.office, number=first.number, at=world.at)
        actions.release(actor=world.doctor, number=second.number, because="不来了", at=world.at)
        assert [bed.free for bed in places.beds([world.county.hospital.id], world.at, world.office.scope)] == [1]

    def test_counts_grow_old_and_never_contradict_reservations(self, world: World) -> None:
        pool = world.beds(total=3, occupied=0)
        world.hold(pool=pool.pk)
        with pytest.raises(Refused, match="已有 1 张床位被预留"):
            world.beds(total=0, occupied=0)
        with pytest.raises(Refused) as refusal:
            world.beds(total=3, occupied=4)
        assert refusal.value.field == "occupied"
        assert [bed.is_stale for bed in places.beds([world.county.hospital.id], world.at + timedelta(hours=13), world.office.scope)] == [True]


    def test_a_lease_that_ran_out_does_not_hold_up_the_count(self, world: World) -> None:
        world.hold(pool=world.beds(total=3, occupied=0).pk)
        counted = actions.count_beds(actor=world.office, institution=world.county.hospital.id, department=world.department.pk, total=0, occupied=0, at=world.at + 20 * MINUTE)
        assert (counted.total, counted.taken) == (0, 0)


class TestWhatIsFree:
    def test_the_next_free_slot_in_one_statement(self, world: World, django_assert_num_queries: Any) -> None:
        slots = world.slots()
        world.hold(slot=slots[0].pk)
        with django_assert_num_queries(1):
            found = places.next_free([world.department.pk, 10**9], world.at, primary=True)
        assert [(one.slot, one.free) for one in found.values()] == [(slots[1].pk, 1)]
        assert places.next_free([world.department.pk], world.at + 15 * MINUTE, primary=True)[world.department.pk].slot == slots[0].pk

    def test_the_list_of_slots_leaves_out_the_full_ones(self, world: World) -> None:
        slots = world.slots(capacity=2)
        for _ in range(2):
            world.hold(slot=slots[1].pk)
        world.hold(slot=slots[0].pk)
        found = places.free_slots(department=world.department.pk, now=world.at, until=world.at + timedelta(days=7), primary=True)
        assert [(one.slot, one.free) for one in found] == [(slots[0].pk, 1), (slots[2].pk, 2)]
        assert rules.free_beds(5, 4, 3, 0) == 0


class TestExchanging:
    def test_the_new_one_is_taken_and_the_old_one_free(self, world: World) -> None:
        first, second, _ = world.slots()
        held = world.hold(slot=first.pk)
        moved = actions.exchange(actor=world.doctor, number=held.number, slot=second.pk, at=world.at + MINUTE)
        first.refresh_from_db()
        second.refresh_from_db()
        assert (moved.number, moved.slot_id, first.taken, second.taken) == (held.number, second.pk, 0, 1)
        assert actions.exchange(actor=world.doctor, number=held.number, slot=second.pk, at=world.at + MINUTE).slot_id == second.pk
        assert [e.word for e in journal.history(f"schedules:{held.number}")] == ["schedules.held", "schedules.exchanged"]

    def test_when_the_new_one_is_gone_the_old_one_stays(self, world: World) -> None:
        first, second, _ = world.slots()
        held = world.hold(slot=first.pk)
        world.hold(slot=second.pk)
        with pytest.raises(Refused, match="约满"):
            actions.exchange(actor=world.doctor, number=held.number, slot=second.pk, at=world.at + MINUTE)
        held.refresh_from_db()
        first.refresh_from_db()
        assert (held.state, held.slot_id, first.taken) == ("held", first.pk, 1)

    def test_a_slot_may_become_a_bed(self, world: World) -> None:
        slot, pool = world.slots()[0], world.beds(total=10, occupied=9)
        held = world.hold(slot=slot.pk)
        actions.exchange(actor=world.doctor, number=held.number, pool=pool.pk, at=world.at + MINUTE)
        slot.refresh_from_db()
        pool.refresh_from_db()
        assert (slot.taken, pool.taken) == (0, 1)

    def test_a_lease_that_ran_out_gives_nothing_back_twice(self, world: World) -> None:
        first, second, _ = world.slots()
        held = world.hold(slot=first.pk)
        late = world.at + 20 * MINUTE
        world.hold(slot=first.pk, at=late)
        moved = actions.exchange(actor=world.doctor, number=held.number, slot=second.pk, at=late)
        first.refresh_from_db()
        assert (moved.state, first.taken, moved.expires_at) == ("held", 1, late + 15 * MINUTE)

    def test_one_given_back_is_no_longer_exchanged(self, world: World) -> None:
        first, second, _ = world.slots()
        held = world.hold(slot=first.pk)
        actions.release(actor=world.doctor, number=held.number, because="改约", at=world.at)
        with pytest.raises(Refused, match="已退还"):
            actions.exchange(actor=world.doctor, number=held.number, slot=second.pk, at=world.at)
        with pytest.raises(Refused) as refusal:
            actions.exchange(actor=world.actor(world.county.other_hospital, "township_doctor"), number=world.hold(slot=first.pk).number, slot=second.pk, at=world.at)
        assert refusal.value.code == "not_permitted"
