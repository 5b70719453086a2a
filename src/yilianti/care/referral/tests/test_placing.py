"""A referral holds a place from the choice to the arrival, and gives it back on every other way."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from yilianti import policybook
from yilianti.capacity.schedules import api as schedules
from yilianti.care.referral import actions
from yilianti.care.referral.models import Referral
from yilianti.care.referral.tests import factories
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.residents import api as residents

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def scene(at: datetime) -> factories.Scene:
    return factories.scene(at)


@pytest.fixture
def slot(scene: factories.Scene, at: datetime) -> Any:
    session = schedules.Session(scene.cardiology.id, at + timedelta(days=1), at + timedelta(days=1, hours=1), 30)
    return schedules.open_schedule(actor=scene.office, institution=scene.county.hospital.id, session=session, at=at)[0].slots.order_by("starts_at")[0]


def chosen(scene: factories.Scene, slot: Any, at: datetime) -> str:
    return str(schedules.hold(actor=scene.township, client_key=uuid4(), resident=scene.resident.id, slot=slot.pk, at=at).number)


def sent(scene: factories.Scene, slot: Any, at: datetime, **changes: Any) -> Referral:
    return factories.submitted(scene, at, reservation=chosen(scene, slot, at), **changes)


def state(number: str) -> str:
    held = schedules.reservation(number)
    assert held is not None
    return str(held.state)


def test_the_lease_lasts_until_the_answer_is_due(scene: factories.Scene, slot: Any, at: datetime) -> None:
    made = sent(scene, slot, at)
    held = schedules.reservation(made.reservation)
    assert held is not None and held.subject == f"referral:{made.number}"
    assert held.expires_at == made.answer_due_at


def test_accepted_for_its_moment_it_is_sure_and_used_on_arrival(scene: factories.Scene, slot: Any, at: datetime) -> None:
    made = sent(scene, slot, at)
    actions.accept(actor=scene.office, number=made.number, department=scene.cardiology.id, appointment_at=slot.starts_at, at=at + MINUTE)
    assert state(made.reservation) == "confirmed"
    actions.arrive(actor=scene.office, number=made.number, arrived_at=slot.starts_at, at=slot.starts_at)
    assert state(made.reservation) == "used"


def test_accepted_for_another_moment_it_is_free_again(scene: factories.Scene, slot: Any, at: datetime) -> None:
    made = sent(scene, slot, at)
    done = actions.accept(actor=scene.office, number=made.number, appointment_at=slot.starts_at + timedelta(days=1), at=at + MINUTE)
    assert (done.reservation, state(made.reservation)) == ("", "released")


@pytest.mark.parametrize("ending", ["decline", "withdraw", "redirect"])
def test_every_other_end_gives_it_back(scene: factories.Scene, slot: Any, at: datetime, ending: str) -> None:
    made = sent(scene, slot, at)
    given: dict[str, dict[str, Any]] = {
        "decline": {"actor": scene.office, "reason": "no_bed", "note": ""}, "withdraw": {"actor": scene.township, "because": "好转"},
        "redirect": {"actor": scene.office, "to_institution": scene.county.other_hospital.id, "consent": "同意", "note": ""},
    }  # fmt: skip
    getattr(actions, ending)(number=made.number, at=at + MINUTE, **given[ending])
    assert state(made.reservation) == "released"
    slot.refresh_from_db()
    assert slot.taken == 0


def test_who_does_not_come_gives_it_back(scene: factories.Scene, slot: Any, at: datetime) -> None:
    made = sent(scene, slot, at)
    actions.accept(actor=scene.office, number=made.number, appointment_at=slot.starts_at, at=at + MINUTE)
    assert actions.lapse_overdue(actor=Actor.system(), at=at + timedelta(days=30)) == 1
    assert state(made.reservation) == "released"


def test_a_lost_place_is_refused_and_nothing_is_sent(scene: factories.Scene, slot: Any, at: datetime) -> None:
    number = chosen(scene, slot, at)
    later = at + 20 * MINUTE
    other = schedules.hold(actor=scene.township, client_key=uuid4(), resident=scene.resident.id, slot=slot.pk, at=later)
    with pytest.raises(Refused, match="约满") as refusal:
        factories.submitted(scene, later, reservation=number)
    assert refusal.value.field == "reservation"
    assert not Referral.objects.exists() and state(other.number) == "held"


def test_a_lost_place_does_not_stop_an_emergency(scene: factories.Scene, slot: Any, at: datetime) -> None:
    number = chosen(scene, slot, at)
    later = at + 20 * MINUTE
    schedules.hold(actor=scene.township, client_key=uuid4(), resident=scene.resident.id, slot=slot.pk, at=later)
    made = factories.submitted(scene, later, reservation=number, urgency="emergency")
    assert (made.state, made.reservation) == ("submitted", "")


def test_a_place_held_for_somebody_else_is_not_taken_along(scene: factories.Scene, slot: Any, at: datetime) -> None:
    first = sent(scene, slot, at)
    with pytest.raises(Refused) as refusal:
        factories.submitted(scene, at, reservation=first.reservation, diagnosis_code="I10", diagnosis_name="高血压")
    assert refusal.value.code == "place_lost"


def test_a_place_that_a_draft_only_names_stays_with_whom_it_is_held_for(scene: factories.Scene, slot: Any, at: datetime) -> None:
    other = residents.register(actor=scene.township, at=at, identifiers=[],
                               demographics=residents.Demographics(name="何谷", sex="1", born_on=None, phone="", address="", home=scene.county.township.id)).resident  # fmt: skip
    theirs = schedules.hold(actor=scene.township, client_key=uuid4(), resident=other.id, slot=slot.pk, at=at).number
    draft = actions.draft(actor=scene.township, resident=scene.resident.id, application=factories.application(scene, reservation=theirs), client_key=uuid4(), at=at)
    actions.withdraw(actor=scene.township, number=draft.number, because="写错了", at=at)
    assert state(theirs) == "held"


def test_a_place_of_a_receiver_chosen_before_is_given_back(scene: factories.Scene, slot: Any, at: datetime) -> None:
    number = chosen(scene, slot, at)
    made = factories.submitted(scene, at, reservation=number, to_institution=scene.county.other_hospital.id)
    assert (made.state, made.reservation, state(number)) == ("submitted", "", "released")


class TestApproval:
    """Whoever approves can choose no other place."""

    @pytest.fixture(autouse=True)
    def asked(self, monkeypatch: pytest.MonkeyPatch) -> None:
        real = policybook.in_force
        gate = SimpleNamespace(directions=("township>county",), outside=True, policy_ref="clinical.referral.approval@test")
        monkeypatch.setattr(policybook, "in_force", lambda code, *rest: gate if code == "clinical.referral.approval" else real(code, *rest))

    def test_the_place_waits_for_it(self, scene: factories.Scene, slot: Any, at: datetime) -> None:
        made = sent(scene, slot, at)
        held = schedules.reservation(made.reservation)
        assert made.state == "pending" and held is not None and held.expires_at == at + timedelta(hours=2)

    def test_it_stands_without_a_place_that_was_lost(self, scene: factories.Scene, slot: Any, at: datetime) -> None:
        made, late = sent(scene, slot, at), at + timedelta(hours=4)
        schedules.hold(actor=scene.township, client_key=uuid4(), resident=scene.resident.id, slot=slot.pk, at=late)
        colleague = factories.actor(scene.county.township, "township_doctor", at)
        let_go = actions.approve(actor=colleague, number=made.number, at=late)
        assert (let_go.state, let_go.reservation) == ("submitted", "")

    def test_the_way_home_is_not_asked_for_it(self, scene: factories.Scene, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
        up = factories.discharged(scene, at, urgency="emergency")
        real, down = policybook.in_force, SimpleNamespace(directions=("county>township",), outside=True, policy_ref="clinical.referral.approval@test")
        monkeypatch.setattr(policybook, "in_force", lambda code, *rest: down if code == "clinical.referral.approval" else real(code, *rest))
        home = actions.offer_home(actor=scene.department, number=up.number, application=factories.home_application(scene, up), client_key=uuid4(),
                                  at=at + timedelta(days=5))  # fmt: skip
        assert (home.state, home.origin_id) == ("submitted", up.pk)


def test_advice_that_becomes_a_visit_keeps_its_place(scene: factories.Scene, slot: Any, at: datetime) -> None:
    made = sent(scene, slot, at, service="advice")
    actions.advise(actor=scene.office, number=made.number, advice="先查冠脉CTA，再定。", at=at + MINUTE)
    later = at + timedelta(hours=1)
    visit = actions.convert(actor=scene.township, number=made.number, service="outpatient", because="家属要求当面看", at=later)
    held = schedules.reservation(visit.reservation)
    assert held is not None and held.expires_at == visit.answer_due_at == later + timedelta(hours=2)


def test_a_late_answer_stands_although_the_bed_went_to_somebody_else(scene: factories.Scene, at: datetime) -> None:
    pool = schedules.count_beds(actor=scene.office, institution=scene.county.hospital.id, department=scene.cardiology.id, total=1, occupied=0, at=at)
    held = schedules.hold(actor=scene.township, client_key=uuid4(), resident=scene.resident.id, pool=pool.pk, at=at)
    made = factories.submitted(scene, at, reservation=held.number)
    late = at + timedelta(days=3)
    other = schedules.hold(actor=scene.township, client_key=uuid4(), resident=scene.resident.id, pool=pool.pk, at=late)
    done = actions.accept(actor=scene.office, number=made.number, appointment_at=late + timedelta(hours=2), at=late)
    assert (done.state, done.reservation, state(other.number)) == ("accepted", "", "held")


class TestAnotherPlaceOnAcceptance:
    @pytest.fixture
    def other(self, slot: Any) -> Any:
        return slot.schedule.slots.order_by("starts_at")[1]

    def test_it_takes_the_place_of_the_one_that_was_held(self, scene: factories.Scene, slot: Any, other: Any, at: datetime) -> None:
        made = sent(scene, slot, at)
        done = actions.accept(actor=scene.office, number=made.number, appointment_at=None, slot=other.pk, at=at + MINUTE)
        slot.refresh_from_db()
        other.refresh_from_db()
        assert (done.reservation, state(made.reservation)) == (made.reservation, "confirmed")
        assert (slot.taken, other.taken, done.appointment_at, done.to_department_id) == (0, 1, other.starts_at, scene.cardiology.id)

    def test_where_none_was_held_it_is_taken_for_the_sender(self, scene: factories.Scene, slot: Any, at: datetime) -> None:
        made = factories.submitted(scene, at)
        done = actions.accept(actor=scene.office, number=made.number, appointment_at=None, slot=slot.pk, at=at + MINUTE)
        held = schedules.reservation(done.reservation)
        assert held is not None and (held.state, held.by_institution, held.subject) == ("confirmed", scene.county.township, f"referral:{made.number}")

    def test_one_that_is_gone_leaves_everything_as_it_was(self, scene: factories.Scene, slot: Any, other: Any, at: datetime) -> None:
        made = sent(scene, slot, at)
        chosen(scene, other, at)
        with pytest.raises(Refused, match="约满"):
            actions.accept(actor=scene.office, number=made.number, appointment_at=None, slot=other.pk, at=at + MINUTE)
        made.refresh_from_db()
        assert (made.state, state(made.reservation)) == ("submitted", "held")

    def test_it_is_one_of_the_receiver(self, scene: factories.Scene, slot: Any, at: datetime) -> None:
        made = factories.submitted(scene, at, to_institution=scene.county.other_hospital.id)
        with pytest.raises(Refused) as refusal:
            actions.accept(actor=scene.stranger, number=made.number, appointment_at=None, slot=slot.pk, at=at)
        slot.refresh_from_db()
        assert (refusal.value.code, slot.taken) == ("slot_elsewhere", 0)
