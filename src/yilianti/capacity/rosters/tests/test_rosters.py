"""Planning a roster on the real database, its pages, and who is told now."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client

from yilianti.capacity.rosters import actions, queries
from yilianti.capacity.rosters.actions import Where
from yilianti.capacity.rosters.models import OwnDay, Shift, Turn
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.models import JournalEntry
from yilianti.policybook.calendar import CHINA
from yilianti.registry.access import api as access
from yilianti.registry.access.models import Account
from yilianti.registry.access.tests import factories as staff
from yilianti.registry.institutions.models import Centre, Consortium
from yilianti.registry.people.models import Person

pytestmark = pytest.mark.django_db
#: A Monday; the Thursday after is the National Day.
MONDAY = date(2026, 9, 28)
DAY, NIGHT = {"starts": time(8), "ends": time(17, 30)}, {"starts": time(17, 30), "ends": time(8)}


class World:
    def __init__(self) -> None:
        self.at, self.county = moment(MONDAY, 9), staff.county()
        Centre.objects.create(consortium=Consortium.objects.get(code="yunxi"), kind="ecg", host=self.county.hospital, from_on=staff.LONG_AGO)
        self.head, self.reader, self.night, self.feast = (self.actor(self.county.hospital, role) for role in ("centre_head", "centre_reader", "centre_reader", "centre_auditor"))
        self.where = Where(self.county.hospital.id, "ecg")

    def actor(self, place: Any, role: str) -> Actor:
        made = access.actor_for(staff.staff(place, role).id, self.at)
        assert made is not None
        return made

    def plan(self, who: Actor, hours: dict[str, time], **when: Any) -> int:
        given = {"duty": "reader", **hours, **when}
        return actions.plan(actor=self.head, where=self.where, person=who.person or 0, at=self.at, **given)

    def on_duty(self, at: datetime, duty: str = "reader") -> list[int]:
        return queries.on_duty(self.where.institution, "ecg", duty, at)


def moment(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=CHINA)


@pytest.fixture
def world() -> World:
    return World()


def signed_in(actor: Actor) -> Client:
    client = Client()
    client.force_login(Account.objects.get(pk=actor.account))
    return client


def test_on_duty_follows_the_clock_over_midnight_and_a_holiday(world: World) -> None:
    assert world.plan(world.reader, DAY, weekdays=[1, 2, 3, 4, 5]) == 5
    world.plan(world.night, NIGHT, weekdays=range(1, 8))
    world.plan(world.feast, {"starts": time(8), "ends": time(8)}, weekdays=[8])
    assert world.on_duty(moment(MONDAY, 8)) == [world.reader.person]
    assert world.on_duty(moment(MONDAY, 23, 59)) == world.on_duty(moment(MONDAY + timedelta(days=1), 0, 1)) == [world.night.person]
    national = date(2026, 10, 1)
    assert world.on_duty(moment(national, 7, 59)) == [world.night.person], "the night that began before the feast"
    assert world.on_duty(moment(national, 8)) == world.on_duty(moment(national, 23)) == [world.feast.person]


def test_plan_of_one_day_leaves_the_template(world: World) -> None:
    world.plan(world.reader, DAY, weekdays=[1])
    world.plan(world.night, {"starts": time(8), "ends": time(12)}, days=[MONDAY])
    assert set(world.on_duty(moment(MONDAY, 9))) == {world.reader.person, world.night.person}, "the day began as the template had it"
    actions.unplan(actor=world.head, where=world.where, duty="reader", starts=time(8), person=world.reader.person or 0, day=MONDAY, at=world.at)
    assert world.on_duty(moment(MONDAY, 9)) == [world.night.person]
    assert world.on_duty(moment(MONDAY + timedelta(days=7), 9)) == [world.reader.person]
    actions.restore_day(actor=world.head, where=world.where, day=MONDAY, at=world.at)
    assert world.on_duty(moment(MONDAY, 9)) == [world.reader.person] and not OwnDay.objects.exists()
    words = list(JournalEntry.objects.filter(subject=f"roster:{world.where.institution}:ecg").order_by("id").values_list("word", flat=True))
    assert words == ["rosters.planned", "rosters.planned", "rosters.unplanned", "rosters.day_restored"]


def test_copy_week_takes_exceptions_along(world: World) -> None:
    world.plan(world.reader, DAY, weekdays=[1, 2])
    world.plan(world.night, NIGHT, days=[MONDAY])
    monday = MONDAY + timedelta(days=7)
    assert actions.copy_week(actor=world.head, where=world.where, monday=monday, at=world.at) == 3
    assert world.on_duty(moment(monday, 22)) == [world.night.person]
    assert actions.copy_week(actor=world.head, where=world.where, monday=monday, at=world.at) == 3, "again is the same"
    Shift.objects.filter(weekday__isnull=False).delete()
    with pytest.raises(Refused, match="无从照抄"):
        actions.copy_week(actor=world.head, where=world.where, monday=MONDAY - timedelta(days=70), at=world.at)


def test_plan_is_refused_for_strangers_and_twice(world: World) -> None:
    doctor = world.actor(world.county.township, "township_doctor")
    with pytest.raises(Refused, match="没有本中心"):
        world.plan(doctor, DAY, weekdays=[1])
    with pytest.raises(Refused, match="请选择排在哪几天"):
        world.plan(world.reader, DAY)
    world.plan(world.reader, DAY, weekdays=[1])
    with pytest.raises(Refused, match="已这样排好"):
        world.plan(world.reader, DAY, weekdays=[1])
    with pytest.raises(Refused) as refusal:
        actions.plan(actor=world.reader, where=world.where, person=world.reader.person or 0, duty="reader", weekdays=[1], at=world.at, **DAY)
    assert refusal.value.code == "not_permitted"


def test_addressees_fall_back_to_the_role(world: World) -> None:
    here = world.where.institution
    assert queries.addressees(here, "ecg", "leader", world.at) == [{"role": "centre_auditor"}]
    world.plan(world.reader, DAY, weekdays=[1])
    assert queries.addressees(here, "ecg", "reader", world.at) == [{"person_id": world.reader.person}]
    assert queries.addressees(here, "ecg", "reader", moment(MONDAY, 20)) == [{"role": "centre_reader"}], "a gap"
    Person.objects.filter(pk=world.reader.person).update(is_active=False)
    assert queries.addressees(here, "ecg", "reader", world.at) == [{"role": "centre_reader"}], "who has left is on duty no more"


def test_arrange_says_who_is_told_next(world: World) -> None:
    doctor, other = (world.actor(world.county.township, "township_doctor") for _ in range(2))
    place = world.county.township.id
    assert queries.next_to_tell(place, 1, world.at) == {"institution_id": place}
    actions.arrange(actor=doctor, institution=place, people=[other.person or 0, doctor.person or 0], at=world.at)
    assert [queries.next_to_tell(place, rung, world.at) for rung in (1, 2, 3, 4, 9)] == [
        {"institution_id": place, "person_id": other.person}, {"institution_id": place, "person_id": doctor.person},
        {"institution_id": place}, {"institution_id": world.county.hospital.id}, {"institution_id": world.county.hospital.id},
    ]  # fmt: skip
    assert queries.told(place, {"sender": 7}, world.at) == [7] and queries.told(place, {"sender": None}, world.at) == [other.person], "a machine sent it: the first of the order"
    with pytest.raises(Refused, match="在岗人员"):
        actions.arrange(actor=doctor, institution=place, people=[world.actor(world.county.other_township, "township_doctor").person or 0], at=world.at)
    assert Turn.objects.count() == 2
    with pytest.raises(Refused):
        actions.arrange(actor=world.head, institution=place, people=[], at=world.at)


def test_pages_plan_show_gaps_and_clashes(world: World, django_assert_max_num_queries: Any) -> None:
    client, url = signed_in(world.head), f"/rosters/{world.where.institution}/ecg/"
    assert client.get("/rosters/").headers["Location"] == url
    assert "还没有排班" in client.get(url).content.decode()
    given = {"days": ["1", "2", "3", "4", "5"], "duty": "reader", "person": str(world.reader.person), "starts": "08:00", "ends": "17:30"}
    assert client.post(f"{url}plan", given, headers={"HX-Request": "true"}).headers["HX-Redirect"] == f"{url}?template=1"
    assert client.post(f"{url}plan", {**given, "days": [], "week": str(MONDAY)}, headers={"HX-Request": "true"}).status_code == 422
    client.post(f"{url}plan", {**given, "duty": "leader", "days": [str(MONDAY)], "week": str(MONDAY), "starts": "09:00"})
    with django_assert_max_num_queries(40):
        page = client.get(f"{url}?week={MONDAY}").content.decode()
    assert "同时排了两班" in page and "缺 17:30–24:00" in page and "恢复模板" in page and "节假日" in page
    client.post(f"{url}unplan", {"on": str(MONDAY), "duty": "leader", "starts": "09:00:00", "person": str(world.reader.person), "week": str(MONDAY)})
    assert "同时排了两班" not in client.get(f"{url}?week={MONDAY}").content.decode()
    assert client.post(f"{url}restore_day", {"on": str(MONDAY), "week": str(MONDAY)}).status_code == 302
    assert client.post(f"{url}copy_week", {"week": str(MONDAY + timedelta(days=7))}).status_code == 302
    reader = signed_in(world.reader)
    assert "排上" not in reader.get(url).content.decode() and reader.post(f"{url}plan", given).status_code == 403
    assert client.get(f"/rosters/{world.county.other_hospital.id}/ecg/").status_code == 404


def test_order_page_keeps_the_order(world: World) -> None:
    doctor = world.actor(world.county.township, "township_doctor")
    client, url = signed_in(doctor), f"/rosters/order/{world.county.township.id}/"
    assert "第 1 位" in client.get(url).content.decode()
    assert client.post(url, {"people": [str(doctor.person), "", "x"]}).status_code == 302
    assert list(Turn.objects.values_list("person", flat=True)) == [doctor.person]
    assert client.get(f"/rosters/order/{world.county.other_township.id}/").status_code == 404
