"""The gates of both sides, advice, redirection, the way outside, and those who cannot wait."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from yilianti.care.referral import actions, queries, rules
from yilianti.care.referral.lifecycle import REFERRAL
from yilianti.care.referral.models import Referral
from yilianti.care.referral.terms import Case
from yilianti.care.referral.tests import factories
from yilianti.kernel import journal
from yilianti.kernel.finding import Refused
from yilianti.registry.institutions.models import Institution

pytestmark = pytest.mark.django_db


class Gate:
    def __init__(self, *directions: str, outside: bool = True) -> None:
        self.directions, self.outside, self.policy_ref = directions, outside, "clinical.referral.approval@test"


@pytest.fixture
def scene(at: datetime) -> factories.Scene:
    return factories.scene(at)


def _ruled(monkeypatch: pytest.MonkeyPatch, gate: Gate) -> None:
    from yilianti import policybook

    real = policybook.in_force
    monkeypatch.setattr(policybook, "in_force", lambda code, *rest: gate if code == "clinical.referral.approval" else real(code, *rest))


def words(number: str) -> list[str]:
    return [e.word for e in journal.history(f"referral:{number}")]


def _outside(scene: factories.Scene) -> Institution:
    place = scene.county.other_hospital
    place.connected = False
    place.save()
    return place


class TestSendersGate:
    def test_where_policy_asks_somebody_else_lets_it_go(self, scene: factories.Scene, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
        _ruled(monkeypatch, Gate("township>county"))
        made = factories.submitted(scene, at)
        assert (made.state, made.submitted_at, made.answer_due_at) == ("pending", None, None)
        assert not queries.visible(scene.office).exists(), "the receiver does not see what has not been let go"
        with pytest.raises(Refused, match="自己"):
            actions.approve(actor=scene.township, number=made.number, at=at)
        colleague = factories.actor(scene.county.township, "township_doctor", at)
        let_go = actions.approve(actor=colleague, number=made.number, at=at)
        assert (let_go.state, let_go.approved_by_id) == ("submitted", colleague.person)
        assert let_go.answer_due_at and queries.visible(scene.office).exists()
        assert words(made.number) == ["referral.approval_asked", "referral.approved"]

    def test_disapproved_goes_back_to_the_doctor_and_can_be_sent_again(self, scene: factories.Scene, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
        _ruled(monkeypatch, Gate("township>county"))
        made = factories.submitted(scene, at)
        colleague = factories.actor(scene.county.township, "township_doctor", at)
        with pytest.raises(Refused) as refusal:
            actions.disapprove(actor=colleague, number=made.number, note=" ", at=at)
        assert refusal.value.field == "note"
        assert actions.disapprove(actor=colleague, number=made.number, note="先查心肌酶", at=at).state == "returned"

    @pytest.mark.parametrize("changes", [{"urgency": "emergency"}, {"channel": "stroke"}])
    def test_who_cannot_wait_passes_no_gate(self, scene: factories.Scene, at: datetime, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any]) -> None:
        _ruled(monkeypatch, Gate("township>county"))
        bare = factories.application(scene, summary="", reason="", diagnosis_code="", diagnosis_name="", **changes)
        made = actions.submit(actor=scene.township, resident=scene.resident.id, application=bare, client_key=uuid4(), at=at)
        assert made.state == "submitted"
        assert made.consent is not None and made.consent.basis == "emergency"


class TestReceiversGate:
    def test_a_department_takes_it_or_hands_it_back(self, scene: factories.Scene, at: datetime) -> None:
        made = factories.submitted(scene, at)
        with pytest.raises(Refused, match="科室"):
            actions.assign(actor=scene.office, number=made.number, department=None, at=at)
        given = actions.assign(actor=scene.office, number=made.number, department=scene.cardiology.id, at=at)
        assert given.state == "assigned" and given.answer_due_at == made.answer_due_at, "the promise runs on"
        assert actions.hand_back(actor=scene.department, number=made.number, because="今日满床", at=at).state == "submitted"
        actions.assign(actor=scene.office, number=made.number, department=scene.cardiology.id, at=at)
        taken = actions.take(actor=scene.department, number=made.number, appointment_at=at + timedelta(hours=4), at=at)
        assert (taken.state, taken.decided_by_id) == ("accepted", scene.department.person)
        assert words(made.number)[-1] == "referral.accepted"

    def test_the_clock_also_runs_at_the_department(self, scene: factories.Scene, at: datetime) -> None:
        made = factories.submitted(scene, at)
        actions.assign(actor=scene.office, number=made.number, department=scene.cardiology.id, at=at)
        assert made.answer_due_at
        assert actions.remind_due(actor=factories.Actor.system(), at=made.answer_due_at + timedelta(days=1)) == 3, "the department, the office, the manager"


class TestAdvice:
    def test_advice_closes_without_a_way(self, scene: factories.Scene, at: datetime) -> None:
        made = factories.submitted(scene, at, service="advice")
        with pytest.raises(Refused, match="意见咨询没有"):
            actions.accept(actor=scene.office, number=made.number, appointment_at=at + timedelta(hours=2), at=at)
        actions.advise(actor=scene.department, number=made.number, advice="加用氨氯地平，两周后复查。", at=at)
        done = actions.adopt(actor=scene.township, number=made.number, note="已调整用药", at=at)
        assert (done.state, done.concluded_at) == ("concluded", at)
        assert words(made.number) == ["referral.submitted", "referral.advised", "referral.adopted"]

    def test_advice_becomes_a_referral_on_the_same_record(self, scene: factories.Scene, at: datetime) -> None:
        made = factories.submitted(scene, at, service="advice")
        actions.advise(actor=scene.department, number=made.number, advice="建议住院评估。", at=at)
        later = at + timedelta(hours=1)
        with pytest.raises(Refused, match="申请的服务"):
            actions.convert(actor=scene.township, number=made.number, service="advice", because="胸痛加重", at=later)
        again = actions.convert(actor=scene.township, number=made.number, service="inpatient", because="胸痛加重", at=later)
        assert (again.state, again.service, again.submitted_at) == ("submitted", "inpatient", later)
        assert Referral.objects.count() == 1


class TestRedirection:
    def test_it_waits_for_the_patient(self, scene: factories.Scene, at: datetime) -> None:
        made = factories.submitted(scene, at)
        other = scene.county.other_hospital
        with pytest.raises(Refused) as refusal:
            actions.redirect(actor=scene.office, number=made.number, to_institution=other.id, consent="", note="", at=at)
        assert refusal.value.field == "consent"
        actions.propose_redirect(actor=scene.office, number=made.number, to_institution=other.id, note="我院无床", at=at)
        assert not queries.visible(scene.stranger).exists(), "not before the patient agrees"
        moved = actions.agree_redirect(actor=scene.township, number=made.number, consent="患者女儿电话同意", at=at)
        assert (moved.state, moved.to_institution_id, moved.answer_due_at) == ("submitted", other.id, made.answer_due_at)
        assert words(made.number)[-1] == "referral.redirected"

    def test_a_patient_may_refuse(self, scene: factories.Scene, at: datetime) -> None:
        made = factories.submitted(scene, at)
        actions.propose_redirect(actor=scene.office, number=made.number, to_institution=scene.county.other_hospital.id, note="我院无床", at=at)
        back = actions.refuse_redirect(actor=scene.township, number=made.number, because="太远", at=at)
        assert (back.state, back.to_institution_id, back.proposed_institution_id) == ("returned", made.to_institution_id, None)


class TestOutside:
    def test_it_asks_for_approval_and_is_followed_to_its_end(self, scene: factories.Scene, at: datetime) -> None:
        place = _outside(scene)
        made = factories.submitted(scene, at, to_institution=place.id)
        assert (made.state, made.is_outside) == ("pending", True)
        colleague = factories.actor(scene.county.township, "township_doctor", at)
        with pytest.raises(Refused, match="网外转诊单没有"):
            actions.approve(actor=colleague, number=made.number, at=at)
        assert actions.approve_out(actor=colleague, number=made.number, at=at).state == "sent_out"
        with pytest.raises(Refused, match="不能晚于今天"):
            actions.note_outcome(actor=scene.township, number=made.number, outcome="admitted", outcome_on=(at + timedelta(days=1)).date(), note="", at=at)
        done = actions.note_outcome(actor=scene.township, number=made.number, outcome="admitted", outcome_on=at.date(), note="住院手术", at=at)
        assert (done.state, done.outcome) == ("concluded", "admitted")

    def test_without_that_gate_it_leaves_at_once(self, scene: factories.Scene, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
        _ruled(monkeypatch, Gate(outside=False))
        assert factories.submitted(scene, at, to_institution=_outside(scene).id).state == "sent_out"


class TestGreenChannel:
    def test_the_ambulance_may_come_before_the_answer(self, scene: factories.Scene, at: datetime) -> None:
        made = factories.submitted(scene, at, urgency="emergency", channel="stroke", onset_at=at - timedelta(hours=1))
        number = actions.recognise_arrival(actor=factories.Actor.system(), encounter="JZ1", resident=scene.resident.id,
                                           institution=scene.county.hospital.id, opened_at=at + timedelta(minutes=40), at=at + timedelta(minutes=41))  # fmt: skip
        assert number == made.number
        arrived = Referral.objects.get(number=number)
        assert arrived.state == "arrived" and arrived.appointment_at == arrived.arrived_at
        undone = actions.undo_arrival(actor=scene.office, number=number, because="登记错人", at=at + timedelta(hours=1))
        assert undone.state == "accepted"

    def test_an_ordinary_one_is_not_taken_for_arrived_before_it_is_accepted(self, scene: factories.Scene, at: datetime) -> None:
        made = factories.submitted(scene, at)
        assert actions.recognise_arrival(actor=factories.Actor.system(), encounter="JZ1", resident=scene.resident.id,
                                         institution=scene.county.hospital.id, opened_at=at, at=at) == ""  # fmt: skip
        with pytest.raises(Refused):
            actions.arrive(actor=scene.office, number=made.number, arrived_at=at, at=at)

    def test_milestones_are_corrected_by_later_notes(self, scene: factories.Scene, at: datetime) -> None:
        made = factories.submitted(scene, at, urgency="emergency", channel="stroke")
        later = at + timedelta(hours=1)
        with pytest.raises(Refused, match="不能晚于现在"):
            actions.note_milestone(actor=scene.department, number=made.number, milestone="needle", took_place_at=later, at=at)
        for minutes in (50, 45):
            actions.note_milestone(actor=scene.department, number=made.number, milestone="needle", took_place_at=at + timedelta(minutes=minutes), at=later)
        assert [m.took_place_at for m in queries.milestones(made)] == [at + timedelta(minutes=50), at + timedelta(minutes=45)]


class TestConversation:
    def test_both_ends_speak_and_nothing_moves(self, scene: factories.Scene, at: datetime) -> None:
        made = factories.submitted(scene, at)
        actions.say(actor=scene.office, number=made.number, text="肌钙蛋白多少？", kind="question", at=at)
        actions.say(actor=scene.township, number=made.number, text="0.02", kind="answer", at=at)
        assert [(m.text, m.institution_id) for m in queries.messages(made)] == [
            ("肌钙蛋白多少？", scene.county.hospital.id), ("0.02", scene.county.township.id),
        ]  # fmt: skip
        assert Referral.objects.get().state == "submitted"
        assert [e.facts["side"] for e in journal.history(f"referral:{made.number}")[1:]] == ["receiver", "sender"]
        assert "肌钙蛋白" not in str(journal.history(f"referral:{made.number}")[1].facts)

    def test_a_stranger_is_told_no_more_than_of_a_number_that_is_not_there(self, scene: factories.Scene, at: datetime) -> None:
        made = factories.submitted(scene, at)
        with pytest.raises(Refused) as refusal:
            actions.say(actor=scene.stranger, number=made.number, text="？", at=at)
        assert refusal.value.code == "unknown_referral"


class TestRecall:
    def test_worse_at_home_goes_up_again_and_ends_the_way_home(self, scene: factories.Scene, at: datetime) -> None:
        origin = factories.discharged(scene, at)
        home = actions.offer_home(actor=scene.department, number=origin.number, application=factories.home_application(scene, origin), client_key=uuid4(),
                                  at=at + timedelta(days=4))  # fmt: skip
        actions.accept(actor=scene.township, number=home.number, appointment_at=at + timedelta(days=5), at=at + timedelta(days=4, hours=1))
        again = actions.recall(actor=scene.township, number=home.number, application=factories.application(scene), client_key=uuid4(), at=at + timedelta(days=6))
        assert (again.state, again.recalls_id) == ("submitted", home.id)
        assert set(Referral.objects.values_list("number", "state")) == {
            (origin.number, "concluded"), (home.number, "recalled"), (again.number, "submitted"),
        }  # fmt: skip


def test_every_step_fits_some_kind_of_referral() -> None:
    kinds = [Case(state, urgency, service, "ordinary", home, outside) for state in REFERRAL.states for urgency in ("emergency", "elective")
             for service in ("advice", "inpatient") for home in (True, False) for outside in (True, False)]  # fmt: skip
    assert {row.action for row in REFERRAL.rows} == {row.action for row in REFERRAL.rows for kind in kinds if rules.fits(row.action, kind)}
