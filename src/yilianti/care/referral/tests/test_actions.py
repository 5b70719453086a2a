"""What is done to a referral, on the real database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from yilianti import policybook
from yilianti.care.referral import actions, queries
from yilianti.care.referral.models import ArrivalQuestion
from yilianti.care.referral.tests import factories
from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(at: datetime) -> factories.Scene:
    return factories.scene(at)


def words(number: str) -> list[str]:
    return [e.word for e in journal.history(f"referral:{number}")]


def test_submit_promises_an_answer_and_cites_the_policy(scene: factories.Scene, at: datetime) -> None:
    made = factories.submitted(scene, at)
    assert (made.state, made.from_level, made.to_level) == ("submitted", "township", "county")
    assert made.answer_due_at and made.answer_due_at > at
    entry = journal.history(f"referral:{made.number}")[-1]
    assert entry.resident == scene.resident.id
    assert [ref.partition("@")[0] for ref in entry.policy_refs] == ["clinical.referral.approval", "clinical.referral.answer_limit"]
    assert "苏禾" not in str(entry.facts)


def test_submit_without_consent_or_papers_is_refused(scene: factories.Scene, at: datetime) -> None:
    given: dict[str, Any] = {"actor": scene.township, "resident": scene.resident.id, "client_key": uuid4(), "at": at}
    with pytest.raises(Refused, match="同意") as refusal:
        actions.submit(application=factories.application(scene), **given)
    assert refusal.value.field == "consent_basis"
    with pytest.raises(Refused) as refusal:
        actions.submit(application=factories.application(scene, summary=""), consent_basis="signed", **given)
    assert refusal.value.field == "summary"
    assert not queries.visible(scene.township).exists()


def test_submit_twice_with_one_key_is_one_referral(scene: factories.Scene, at: datetime) -> None:
    key = uuid4()
    sent = [actions.submit(actor=scene.township, resident=scene.resident.id, application=factories.application(scene), client_key=key,
                           consent_basis="signed", at=at) for _ in range(2)]  # fmt: skip
    assert sent[0].number == sent[1].number
    assert words(sent[0].number) == ["referral.submitted"]


def test_submit_again_for_the_same_need_is_refused(scene: factories.Scene, at: datetime) -> None:
    factories.submitted(scene, at, urgency="elective")
    with pytest.raises(Refused, match="在途"):
        factories.submitted(scene, at, urgency="elective")
    assert factories.submitted(scene, at, urgency="urgent").state == "submitted", "an urgent one is never kept waiting by an older one"


def test_accept_awaits_the_patient_until_the_window_ends(scene: factories.Scene, at: datetime) -> None:
    made = factories.accepted(scene, at)
    assert made.state == "accepted"
    assert made.appointment_at and made.lapses_at and made.lapses_at > made.appointment_at
    assert made.to_department_id == scene.cardiology.id


def test_second_decision_is_told_who_won(scene: factories.Scene, at: datetime) -> None:
    made = factories.accepted(scene, at)
    with pytest.raises(Refused) as refusal:
        actions.decline(actor=scene.office, number=made.number, reason="no_bed", note="", at=at)
    assert refusal.value.code == "wrong_state"
    assert scene.office.name in refusal.value.zh
    assert "已接收" in refusal.value.zh


@pytest.mark.parametrize("who", ["township", "stranger"])
def test_only_the_receiver_decides(scene: factories.Scene, at: datetime, who: str) -> None:
    made = factories.submitted(scene, at)
    with pytest.raises(Refused) as refusal:
        actions.decline(actor=getattr(scene, who), number=made.number, reason="no_bed", note="", at=at)
    assert refusal.value.code == "not_permitted"


def test_send_back_and_submit_again(scene: factories.Scene, at: datetime) -> None:
    made = factories.submitted(scene, at)
    actions.send_back(actor=scene.office, number=made.number, note="请补充心电图", at=at)
    again = actions.submit(actor=scene.township, resident=scene.resident.id, application=factories.application(scene, treatment="阿司匹林"),
                           client_key=made.client_key or uuid4(), number=made.number, at=at)  # fmt: skip
    assert (again.number, again.state, again.decided_at) == (made.number, "submitted", None)
    assert words(made.number) == ["referral.submitted", "referral.sent_back", "referral.submitted"]


def test_withdraw_and_lapse_are_ends(scene: factories.Scene, at: datetime) -> None:
    made = factories.accepted(scene, at)
    assert actions.lapse_overdue(actor=Actor.system(), at=at) == 0
    assert actions.lapse_overdue(actor=Actor.system(), at=at + timedelta(days=30)) == 1
    with pytest.raises(Refused):
        actions.withdraw(actor=scene.township, number=made.number, because="不去了", at=at)


def test_stranger_sees_nothing(scene: factories.Scene, at: datetime) -> None:
    made = factories.submitted(scene, at)
    assert queries.one(scene.office, made.number)
    assert queries.one(scene.stranger, made.number) is None
    assert queries.counts(scene.stranger)["to_answer"] == 0
    assert queries.counts(scene.office)["to_answer"] == 1


def test_encounter_recognises_its_referral_and_its_undoing(scene: factories.Scene, at: datetime) -> None:
    made = factories.accepted(scene, at)
    system = Actor.system(institution=scene.county.hospital.id, consortium="yunxi", region="530921")
    told = {"actor": system, "encounter": "JZ1", "at": at + timedelta(hours=3)}
    where = {"resident": scene.resident.id, "institution": scene.county.hospital.id, "opened_at": at + timedelta(hours=3)}
    assert actions.recognise_arrival(**told, **where) == made.number
    assert actions.recognise_arrival(**told, **where) == ""  # told again: nothing is awaited any more
    assert actions.recognise_discharge(actor=system, encounter="JZ1", closed_at=at + timedelta(days=5), at=at + timedelta(days=5)) == made.number
    assert actions.attach_summary(actor=system, encounter="JZ1", document="WS1", kind="discharge_summary", at=at) == made.number
    assert words(made.number)[-3:] == ["referral.arrived", "referral.discharged", "referral.summary_received"]


def test_several_candidates_are_a_question_to_a_person(scene: factories.Scene, at: datetime) -> None:
    first = factories.accepted(scene, at)
    second = factories.accepted(scene, at, diagnosis_code="I10.x00", diagnosis_name="特发性高血压")
    system = Actor.system(institution=scene.county.hospital.id, consortium="yunxi", region="530921")
    found = actions.recognise_arrival(actor=system, encounter="JZ2", resident=scene.resident.id, institution=scene.county.hospital.id,
                                      opened_at=at + timedelta(hours=2), at=at + timedelta(hours=2))  # fmt: skip
    assert found == ""
    question = ArrivalQuestion.objects.get()
    assert question.candidates == [first.number, second.number]
    chosen = actions.answer_arrival(actor=scene.office, encounter="JZ2", chosen=second.number, at=at + timedelta(hours=3))
    assert chosen and chosen.state == "arrived" and chosen.encounter == "JZ2"
    with pytest.raises(Refused, match="已由同事处理"):
        actions.answer_arrival(actor=scene.office, encounter="JZ2", chosen=first.number, at=at)


def test_way_home_concludes_both(scene: factories.Scene, at: datetime) -> None:
    origin = factories.discharged(scene, at)
    later = at + timedelta(days=4, hours=1)
    home = actions.offer_home(actor=scene.department, number=origin.number, application=factories.home_application(scene, origin),
                              client_key=uuid4(), at=later)  # fmt: skip
    assert (home.origin_id, home.state, home.to_institution_id) == (origin.id, "submitted", scene.county.township.id)
    with pytest.raises(Refused, match="在途"):
        actions.conclude(actor=scene.department, number=origin.number, because="无需下转", at=later)
    home = actions.accept(actor=scene.township, number=home.number, appointment_at=later + timedelta(days=1), at=later)
    assert home.follow_up_due_on == (later + timedelta(days=14)).date()
    actions.follow_up(actor=scene.township, number=home.number, note="血压平稳，按时服药。", followed_up_at=later, at=later + timedelta(days=2))
    origin.refresh_from_db()
    home.refresh_from_db()
    assert (origin.state, home.state) == ("concluded", "concluded")
    assert words(origin.number)[-2:] == ["referral.offered_home", "referral.concluded"]
    assert words(home.number) == ["referral.submitted", "referral.accepted", "referral.followed_up"]


def test_who_loses_to_a_redirection_is_told_who_passed_it_on(scene: factories.Scene, at: datetime) -> None:
    made = factories.submitted(scene, at)
    actions.redirect(actor=scene.office, number=made.number, to_institution=scene.county.other_hospital.id, consent="家属电话同意", note="我院无床", at=at)
    with pytest.raises(Refused, match=f"{scene.office.name}已于.*改转其他机构"):
        actions.decline(actor=scene.office, number=made.number, reason="no_bed", note="", at=at)
    with pytest.raises(Refused) as refusal:
        actions.decline(actor=scene.department, number=made.number, reason="no_bed", note="", at=at)
    assert refusal.value.code == "not_permitted"


def test_follow_up_belongs_to_the_way_home(scene: factories.Scene, at: datetime) -> None:
    made = factories.accepted(scene, at)
    with pytest.raises(Refused, match="上转单没有"):
        actions.follow_up(actor=Actor.system(), number=made.number, note="血压平稳", followed_up_at=at, at=at)
    origin = factories.discharged(scene, at + timedelta(days=1), diagnosis_code="I10.x00", diagnosis_name="特发性高血压")
    home = actions.offer_home(actor=scene.department, number=origin.number, application=factories.home_application(scene, origin),
                              client_key=uuid4(), at=at + timedelta(days=6))  # fmt: skip
    actions.accept(actor=scene.township, number=home.number, appointment_at=at + timedelta(days=7), at=at + timedelta(days=6))
    actions.arrive(actor=scene.township, number=home.number, arrived_at=at + timedelta(days=6), at=at + timedelta(days=6))
    with pytest.raises(Refused, match="下转单没有"):
        actions.discharge(actor=scene.township, number=home.number, discharged_at=at + timedelta(days=7), at=at + timedelta(days=7))


def test_the_day_of_a_promise_is_the_day_of_the_clinic(scene: factories.Scene, at: datetime) -> None:
    """Six in the morning in Yunxi is still yesterday in Greenwich."""
    morning = datetime(at.year, at.month, at.day, 22, tzinfo=UTC) + timedelta(days=10)
    origin = factories.discharged(scene, at)
    home = actions.offer_home(actor=scene.department, number=origin.number, application=factories.home_application(scene, origin),
                              client_key=uuid4(), at=morning)  # fmt: skip
    home = actions.accept(actor=scene.township, number=home.number, appointment_at=morning + timedelta(days=1), at=morning)
    assert home.follow_up_due_on == (morning + timedelta(days=1)).date() + timedelta(days=14)


def test_reminder_follows_the_policy_of_the_receiver(scene: factories.Scene, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    made = factories.submitted(scene, at)
    asked: list[str] = []
    real = policybook.in_force
    monkeypatch.setattr(policybook, "in_force", lambda code, day, scope: (asked.append(scope.consortium), real(code, day, scope))[1])
    assert made.due_at
    actions.remind_due(actor=Actor.system(), at=made.due_at)
    assert set(asked) == {"yunxi"}


def test_reminder_and_report_come_once(scene: factories.Scene, at: datetime) -> None:
    made = factories.submitted(scene, at)
    system = Actor.system(consortium="yunxi", region="530921")
    assert actions.remind_due(actor=system, at=at) == 0
    assert made.answer_due_at
    assert [actions.remind_due(actor=system, at=made.answer_due_at), actions.remind_due(actor=system, at=made.answer_due_at)] == [1, 0]
    late = made.answer_due_at + timedelta(days=1)
    assert [actions.remind_due(actor=system, at=late), actions.remind_due(actor=system, at=late)] == [1, 0]


@pytest.mark.parametrize("length", [1, 10, 30])
def test_worklist_asks_the_same_number_of_questions(scene: factories.Scene, at: datetime, length: int, django_assert_num_queries: Any) -> None:
    for index in range(length):
        factories.submitted(scene, at, diagnosis_code=f"X{index:02d}")
    with django_assert_num_queries(1):
        listed = queries.worklist(scene.office, queries.Filters(box="to_answer"))
        assert all(line.resident_name and line.sender and line.receiver for line in listed.rows)
    assert len(listed.rows) == min(length, queries.PAGE)


def test_moments_typed_at_the_desk_lie_where_they_can(scene: factories.Scene, at: datetime) -> None:
    made = factories.accepted(scene, at)
    now = at + timedelta(hours=3)
    with pytest.raises(Refused, match="早一天以上"):
        actions.arrive(actor=scene.office, number=made.number, arrived_at=at - timedelta(days=9000), at=now)
    actions.arrive(actor=scene.office, number=made.number, arrived_at=at - timedelta(hours=20), at=now)
    with pytest.raises(Refused, match="出院时间不能晚于现在"):
        actions.discharge(actor=scene.office, number=made.number, discharged_at=now + timedelta(days=1), at=now)


def test_a_first_visit_at_home_is_neither_to_come_nor_before_the_way_home(scene: factories.Scene, at: datetime) -> None:
    made = factories.discharged(scene, at)
    later = at + timedelta(days=6)
    home = actions.offer_home(actor=scene.department, number=made.number, application=factories.home_application(scene, made), client_key=uuid4(), at=later)
    actions.accept(actor=scene.township, number=home.number, appointment_at=later + timedelta(days=1), at=later)
    for wrong, words_of_it in ((later + timedelta(days=400), "不能晚于现在"), (later - timedelta(days=9000), "早于下转单")):
        with pytest.raises(Refused, match=words_of_it):
            actions.follow_up(actor=scene.township, number=home.number, note="平稳", followed_up_at=wrong, at=later + timedelta(days=2))
