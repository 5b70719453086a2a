"""A referral waits in the receiver's line, is offered a place, takes it or lets it go, and leaves with everything that ends it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from yilianti.capacity.schedules import api as schedules
from yilianti.care.referral import actions
from yilianti.care.referral.models import Referral
from yilianti.care.referral.tests import factories
from yilianti.kernel import journal
from yilianti.kernel.finding import Refused
from yilianti.registry.access.models import Account
from yilianti.registry.access.tests.factories import PASSWORD
from yilianti.registry.residents import api as residents

pytestmark = pytest.mark.django_db
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def scene(at: datetime) -> factories.Scene:
    return factories.scene(at)


class Full:
    """A department whose one slot is promised to somebody else."""

    def __init__(self, scene: factories.Scene, at: datetime) -> None:
        self.scene, self.at = scene, at
        session = schedules.Session(scene.cardiology.id, at + DAY, at + DAY + timedelta(hours=1), 60)
        self.slot = schedules.open_schedule(actor=scene.office, institution=scene.county.hospital.id, session=session, at=at)[0].slots.get()
        told = residents.Demographics(name="云小溪", sex="1", born_on=None, phone="", address="", home=scene.county.township.id)
        other = residents.register(actor=scene.township, at=at, identifiers=[], demographics=told).resident
        self.held = schedules.hold(actor=scene.township, client_key=uuid4(), resident=other.pk, slot=self.slot.pk, at=at).number
        schedules.confirm(actor=scene.office, number=self.held, at=at)

    def come_free(self) -> None:
        schedules.release(actor=self.scene.office, number=self.held, because="不来了", at=self.at + MINUTE)


@pytest.fixture
def full(scene: factories.Scene, at: datetime) -> Full:
    return Full(scene, at)


def waiting(scene: factories.Scene, at: datetime, **changes: Any) -> Referral:
    return factories.submitted(scene, at, to_department=scene.cardiology.id, queue="slot", **changes)


def stands(referral: Referral, at: datetime) -> schedules.InLine | None:
    return schedules.standing(f"referral:{referral.number}", at)


def test_sent_and_in_the_line_in_one_act(scene: factories.Scene, full: Full, at: datetime) -> None:
    made = waiting(scene, at)
    where = stands(made, at)
    assert where is not None and (where.state, where.urgency, where.ahead, where.department) == ("waiting", "urgent", 0, scene.cardiology.id)


def test_who_cannot_wait_stands_in_no_line(scene: factories.Scene, full: Full, at: datetime) -> None:
    made = waiting(scene, at, urgency="emergency")
    assert (made.state, stands(made, at)) == ("submitted", None)
    with pytest.raises(Refused, match="急诊不排队"):
        actions.join_line(actor=scene.township, number=made.number, queue="slot", at=at)


def test_a_line_is_refused_with_the_form_where_something_is_free(scene: factories.Scene, full: Full, at: datetime) -> None:
    full.come_free()
    with pytest.raises(Refused) as refusal:
        waiting(scene, at + MINUTE)
    assert (refusal.value.code, refusal.value.field) == ("place_free", "queue")
    assert not Referral.objects.exists()


def test_taken_before_the_answer_it_is_held_until_the_answer_is_due(scene: factories.Scene, full: Full, at: datetime) -> None:
    made = waiting(scene, at)
    full.come_free()
    where = stands(made, at + MINUTE)
    assert where is not None and where.state == "offered" and "心内科" in where.offered
    done = actions.take_offer(actor=scene.township, number=made.number, at=at + 2 * MINUTE)
    held = schedules.reservation(done.reservation)
    assert held is not None and (held.state, held.subject) == ("held", f"referral:{made.number}")
    assert held.expires_at is not None and made.answer_due_at is not None and held.expires_at >= made.answer_due_at
    accepted = actions.accept(actor=scene.office, number=made.number, appointment_at=full.slot.starts_at, at=at + 3 * MINUTE)
    assert accepted.reservation == done.reservation
    assert [e.word for e in journal.history(f"referral:{made.number}")] == ["referral.submitted", "referral.offer_taken", "referral.accepted"]


def test_taken_after_acceptance_it_is_sure_and_says_when(scene: factories.Scene, full: Full, at: datetime) -> None:
    made = waiting(scene, at)
    actions.accept(actor=scene.office, number=made.number, appointment_at=at + 9 * DAY, at=at)
    assert stands(made, at) is not None, "accepted without a place, one waits on"
    full.come_free()
    done = actions.take_offer(actor=scene.office, number=made.number, at=at + 2 * MINUTE)
    held = schedules.reservation(done.reservation)
    assert held is not None and held.state == "confirmed"
    assert done.appointment_at == full.slot.starts_at and done.lapses_at is not None and done.lapses_at < at + 9 * DAY


def test_declined_it_waits_on_and_left_it_does_not(scene: factories.Scene, full: Full, at: datetime) -> None:
    made = waiting(scene, at)
    full.come_free()
    actions.decline_offer(actor=scene.township, number=made.number, because="那天来不了", at=at + 2 * MINUTE)
    where = stands(made, at + 2 * MINUTE)
    assert where is not None and where.state == "waiting"
    with pytest.raises(Refused, match="退出候补的原因"):
        actions.leave_line(actor=scene.township, number=made.number, because="", at=at + 3 * MINUTE)
    actions.leave_line(actor=scene.township, number=made.number, because="去别处看了", at=at + 3 * MINUTE)
    assert stands(made, at + 3 * MINUTE) is None
    with pytest.raises(Refused, match="不在候补中"):
        actions.take_offer(actor=scene.township, number=made.number, at=at + 4 * MINUTE)


@pytest.mark.parametrize("ending", ["decline", "withdraw", "redirect", "arrive"])
def test_every_end_leaves_the_line(scene: factories.Scene, full: Full, at: datetime, ending: str) -> None:
    made = waiting(scene, at)
    full.come_free()
    given: dict[str, dict[str, Any]] = {
        "decline": {"actor": scene.office, "reason": "no_bed", "note": ""}, "withdraw": {"actor": scene.township, "because": "好转"},
        "redirect": {"actor": scene.office, "to_institution": scene.county.other_hospital.id, "consent": "同意", "note": ""},
        "arrive": {"actor": scene.office, "arrived_at": at + 2 * MINUTE},
    }  # fmt: skip
    if ending == "arrive":
        actions.accept(actor=scene.office, number=made.number, appointment_at=at + DAY / 2, at=at + MINUTE)
    getattr(actions, ending)(number=made.number, at=at + 2 * MINUTE, **given[ending])
    full.slot.refresh_from_db()
    assert stands(made, at + 2 * MINUTE) is None and full.slot.taken == 0


def test_another_department_is_another_line(scene: factories.Scene, full: Full, at: datetime) -> None:
    made = waiting(scene, at)
    actions.send_back(actor=scene.office, number=made.number, note="请补充心电图", at=at)
    assert stands(made, at) is not None, "sent back, one keeps one's place"
    again = actions.submit(actor=scene.township, resident=scene.resident.id, application=factories.application(scene), client_key=made.client_key or uuid4(),
                           consent_basis="signed", number=made.number, at=at + MINUTE)  # fmt: skip
    assert (again.state, stands(again, at + MINUTE)) == ("submitted", None)


def test_only_the_two_ends_join_and_answer(scene: factories.Scene, full: Full, at: datetime) -> None:
    made = factories.submitted(scene, at, to_department=scene.cardiology.id)
    with pytest.raises(Refused):
        actions.join_line(actor=scene.stranger, number=made.number, queue="slot", at=at)
    with pytest.raises(Refused, match="先选定转入科室"):
        actions.join_line(actor=scene.office, number=made.number, queue="elsewhere", at=at)
    actions.join_line(actor=scene.office, number=made.number, queue="slot", at=at)
    assert stands(made, at) is not None


def test_a_bed_of_somebody_else_is_not_waited_for(scene: factories.Scene, at: datetime) -> None:
    pool = schedules.count_beds(actor=scene.stranger, institution=scene.county.other_hospital.id, department=None, total=1, occupied=1, at=at)
    made = factories.submitted(scene, at)
    with pytest.raises(Refused) as refusal:
        actions.join_line(actor=scene.township, number=made.number, queue=f"pool:{pool.pk}", at=at)
    assert refusal.value.code == "line_elsewhere" and stands(made, at) is None


class TestThePage:
    @pytest.fixture
    def at(self) -> datetime:
        return timezone.now()

    def client(self, actor: Any) -> Client:
        client = Client()
        assert client.post("/login/", {"username": Account.objects.get(pk=actor.account).username, "password": PASSWORD}).status_code == 302
        return client

    def test_joining_standing_and_answering(self, scene: factories.Scene, full: Full, at: datetime) -> None:
        made = factories.submitted(scene, at, to_department=scene.cardiology.id)
        client, page = self.client(scene.township), f"/referrals/{made.number}/"
        assert "加入候补" in client.get(page).content.decode()
        assert client.post(f"{page}join_line", {"queue": "slot"}).status_code == 302
        assert "下一个就是这位患者" in client.get(page).content.decode()
        full.come_free()
        assert "接受名额" in client.get(page).content.decode()
        answer = client.post(f"{page}take_offer", headers={"HX-Request": "true"}).content.decode()
        assert "接受名额" not in answer and "接受候补名额" in answer

    def test_the_form_offers_the_line_and_sends_it_along(self, scene: factories.Scene, full: Full, at: datetime) -> None:
        client = self.client(scene.township)
        shown = client.get(f"/schedules/choose?institution={scene.county.hospital.id}&department={scene.cardiology.id}&resident={scene.resident.number}").content.decode()
        assert 'name="queue" value="slot"' in shown and "0 人在排" in shown

    def test_the_keeper_sees_finds_takes_out_and_removes(self, scene: factories.Scene, full: Full, at: datetime) -> None:
        made = waiting(scene, at)
        office, number = self.client(scene.office), stands(made, at)
        assert number is not None
        listed = office.get("/schedules/waiting/").content.decode()
        assert made.number in listed and "第 1 位" in listed and "苏禾" in listed
        assert "没有人在排队" in office.get("/schedules/waiting/?q=无此人").content.decode()
        assert made.number in self.client(scene.township).get("/schedules/waiting/?box=ours").content.decode()
        assert b"".join(office.get("/schedules/waiting/export.xlsx").streaming_content)[:2] == b"PK"  # type: ignore[attr-defined]
        assert office.post(f"/schedules/waiting/{number.number}/remove", {"because": ""}).status_code == 422
        assert office.post(f"/schedules/waiting/{number.number}/remove", {"because": "重复"}).status_code == 302
        assert stands(made, timezone.now()) is None
        assert "已移出" in office.get("/schedules/waiting/?ended=1").content.decode()

    def test_as_many_statements_for_one_as_for_twenty(self, scene: factories.Scene, full: Full, at: datetime, django_assert_max_num_queries: Any) -> None:
        client = self.client(scene.office)
        for n in range(20):
            told = residents.Demographics(name=f"云溪{n}", sex="1", born_on=None, phone="", address="", home=scene.county.township.id)
            other = residents.register(actor=scene.township, at=at, identifiers=[], demographics=told).resident
            schedules.join(actor=scene.township, resident=other.pk, by_institution=scene.county.township.id, urgency="elective", department=scene.cardiology.id, at=at)
        client.get("/schedules/waiting/")
        with django_assert_max_num_queries(22):
            assert "第 20 位" in client.get("/schedules/waiting/").content.decode()
