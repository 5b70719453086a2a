"""A working life: joining, moving, leaving, coming back; on the day, by itself, with everything that hangs on it."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from yilianti.handovers import people_to_access, people_to_inbox
from yilianti.handovers.timed import leaving_staff
from yilianti.kernel.finding import Refused
from yilianti.kernel.models import JournalEntry
from yilianti.registry.access.models import Account
from yilianti.registry.access.queries import actor_for
from yilianti.registry.access.tests import factories as staff
from yilianti.registry.inbox import api as inbox
from yilianti.registry.inbox.models import Address, Item
from yilianti.registry.people import coming_and_going
from yilianti.registry.people.coming_and_going import Seat
from yilianti.registry.people.models import Person, Post


@pytest.fixture
def county(db) -> staff.County:
    return staff.county()


@pytest.fixture
def admin(county):
    found = actor_for(staff.staff(county.hospital, "administrator", "admin").pk, timezone.now())
    assert found is not None
    return found


def hand_on(word: str, *arrows: Any) -> None:
    for entry in JournalEntry.objects.filter(word=word):
        for arrow in arrows:
            arrow.hand_over(entry)


def test_who_joins_has_a_post_at_once_and_the_security_administrator_a_task(county, admin) -> None:
    now = timezone.now()
    seat = Seat(county.township.pk, "全科医生", timezone.localdate(now))
    person = coming_and_going.join(actor=admin, number="N001", name="麦新", title="attending_physician", phone="", seat=seat, at=now)
    hand_on("people.joined", people_to_inbox)
    task = Item.objects.get()
    assert (person.posts.get().name, task.role, task.institution) == ("全科医生", "security_administrator", county.hospital)
    assert task.link == "/access/?text=N001"


def test_a_move_ends_one_post_the_day_the_other_begins(county, admin) -> None:
    now = timezone.now()
    account = staff.staff(county.township, "township_doctor")
    old = Post.objects.get(person=account.person)
    on = timezone.localdate(now) + timedelta(days=10)
    coming_and_going.move(actor=admin, post_id=old.pk, seat=Seat(county.hospital.pk, "住院医师", on), at=now)
    before, after = actor_for(account.pk, now), actor_for(account.pk, now + timedelta(days=11))
    assert before is not None and before.institution == county.township.pk and before.may("referral.submit")
    assert after is not None and after.institution == county.hospital.pk
    assert not after.may("referral.submit"), "what was granted to the old post ended with it"


def test_who_leaves_today_is_out_at_the_next_request_and_leaves_no_work_behind(county, admin) -> None:
    now = timezone.now()
    account, heir = staff.staff(county.township, "township_doctor"), staff.staff(county.township, "township_doctor")
    client = Client()
    client.force_login(account)
    assert client.get("/").status_code == 200
    task = inbox.ask(key="k", institution_id=county.township.pk, person_id=account.person_id, title="转诊单待补充", at=now)
    coming_and_going.leave(actor=admin, person_id=account.person_id, on=timezone.localdate(now), because="调出", successor=heir.person.number, at=now)
    assert client.get("/").status_code == 302
    hand_on("people.left", people_to_access, people_to_inbox)
    account.refresh_from_db()
    assert not account.is_active
    assert Address.objects.get(item=task, person=heir.person).is_open
    hand_on("people.left", people_to_access, people_to_inbox)  # delivered twice it counts once
    assert Item.objects.count() == 1


def test_a_leaving_that_lies_ahead_takes_effect_by_itself_and_can_be_taken_back(county, admin) -> None:
    now = timezone.now()
    account = staff.staff(county.township, "township_doctor")
    on = timezone.localdate(now) + timedelta(days=3)
    coming_and_going.leave(actor=admin, person_id=account.person_id, on=on, because="退休", at=now)
    assert leaving_staff.tick(now) == 0
    assert actor_for(account.pk, now) is not None
    coming_and_going.stay(actor=admin, person_id=account.person_id, at=now)
    assert Post.objects.get(person=account.person).until_on is None
    coming_and_going.leave(actor=admin, person_id=account.person_id, on=on, because="退休", at=now)
    assert actor_for(account.pk, now + timedelta(days=3)) is None
    assert leaving_staff.tick(now + timedelta(days=3)) == 1
    assert not Person.objects.get(pk=account.person_id).is_active
    back = coming_and_going.come_back(actor=admin, person_id=account.person_id, seat=Seat(county.township.pk, "返聘", on + timedelta(days=30)), at=now + timedelta(days=20))
    assert back.person.is_active


@pytest.mark.parametrize(("given", "code"), [({"because": " "}, "reason_missing"), ({"successor": "nobody"}, "unknown_successor"), ({"successor": "elsewhere"}, "stranger_successor")])
def test_a_leaving_says_what_is_missing(county, admin, given, code) -> None:
    now = timezone.now()
    account = staff.staff(county.township, "township_doctor")
    if given.get("successor") == "elsewhere":
        given = {"successor": staff.staff(county.hospital, "referral_office").person.number}
    with pytest.raises(Refused) as refused:
        coming_and_going.leave(actor=admin, person_id=account.person_id, on=timezone.localdate(now), **{"because": "调出", **given}, at=now)
    assert refused.value.code == code
    with pytest.raises(Refused) as own:
        coming_and_going.leave(actor=admin, person_id=admin.person, on=timezone.localdate(now), because="调出", at=now)
    assert own.value.code == "own_leaving"


def test_the_walks_and_the_line_of_a_life_on_pages(county, admin) -> None:
    client = Client()
    client.force_login(Account.objects.get(username="admin"))
    today = timezone.localdate().isoformat()
    told = {"number": "N001", "person_name": "麦新", "title": "nurse", "institution_id": county.township.pk, "name": "护士", "from_on": today}
    assert client.get("/people/join").status_code == 200
    assert client.post("/people/join", {**told, "number": ""}).status_code == 422
    assert client.post("/people/join", told).headers["Location"] == "/people/N001/"
    post = Post.objects.get(person__number="N001")
    later = (timezone.localdate() + timedelta(days=5)).isoformat()
    assert client.get(f"/people/posts/{post.pk}/move").status_code == 200
    assert client.post(f"/people/posts/{post.pk}/move", {"institution_id": county.hospital.pk, "name": "护士长", "from_on": later}).status_code == 302
    line = client.get("/people/N001/life").content.decode()
    assert "入职" in line and "调动" in line and later in line
    assert "离职" in client.get("/people/N001/").content.decode()


def test_somebody_with_two_posts_is_asked_once_and_remembered(county) -> None:
    account = staff.staff(county.township, "township_doctor")
    held = staff.post(county.hospital, person=account.person, name="坐诊医生")
    staff.grant(held, "county_department")
    client = Client()
    client.force_login(account)
    assert client.get("/").headers["Location"] == "/post/"
    assert "坐诊医生" in client.get("/post/").content.decode()
    assert client.post("/post/", {"post": held.pk}).headers["Location"] == "/"
    assert client.get("/").status_code == 200
    account.refresh_from_db()
    assert account.last_post == held.pk
    again = Client()
    answer = again.post("/login/", {"username": account.username, "password": staff.PASSWORD})
    assert answer.status_code == 302
    assert again.session["post"] == held.pk


@pytest.mark.django_db(transaction=True)
def test_two_runners_let_somebody_go_once() -> None:
    county = staff.county()
    account = staff.staff(county.township, "township_doctor")
    Person.objects.filter(pk=account.person_id).update(leaves_on=timezone.localdate())
    start, gone = threading.Barrier(2), []

    def run() -> None:
        try:
            start.wait()
            gone.append(leaving_staff.tick(timezone.now()))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(gone) == 1
    assert JournalEntry.objects.filter(word="people.left").count() == 1
