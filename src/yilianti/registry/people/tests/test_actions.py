"""Staff: posts in time, licences."""

from __future__ import annotations

from datetime import date

import pytest

from yilianti.kernel.finding import Refused
from yilianti.kernel.models import JournalEntry
from yilianti.registry.institutions.tests.factories import AT, SYSTEM, actor, county
from yilianti.registry.people import actions, queries
from yilianti.registry.people.tests.factories import person, post

pytestmark = pytest.mark.django_db


def test_register_refuses_a_taken_number() -> None:
    person(number="A001")
    with pytest.raises(Refused) as refusal:
        person(number="A001")
    assert refusal.value.field == "number"
    assert JournalEntry.objects.filter(word="people.registered").count() == 1


def test_give_post_needs_the_permission_there() -> None:
    here, who = county(), person()
    manager = actor(here.hospital, "people.manage")
    with pytest.raises(Refused) as refusal:
        actions.give_post(actor=manager, person_id=who.id, institution_id=here.villages[0].id, name="村医", from_on=date(2026, 1, 1), at=AT)
    assert refusal.value.code == "not_permitted"
    assert actions.give_post(actor=manager, person_id=who.id, institution_id=here.hospital.id, name="医生", from_on=date(2026, 1, 1), at=AT)


def test_give_post_refuses_the_same_post_twice_and_a_foreign_department() -> None:
    here, who = county(), person()
    post(here.hospital, "医生", who)
    with pytest.raises(Refused) as refusal:
        post(here.hospital, "医生", who)
    assert refusal.value.code == "post_held"
    with pytest.raises(Refused) as refusal:
        post(here.townships[0], "医生", who, department=here.cardiology.id)
    assert refusal.value.field == "department"


def test_amend_and_license_belong_to_whoever_employs_now() -> None:
    here, there = county(), county("shiqiao")
    held = post(here.hospital)
    manager, said = actor(here.hospital, "people.manage"), {"name": "林远", "title": "attending_physician", "phone": ""}
    assert not actions.amend(actor=manager, person_id=held.person_id, is_active=False, at=AT, **said).is_active
    actions.end_post(actor=SYSTEM, post_id=held.id, until_on=date(2026, 6, 1), at=AT)
    post(there.hospital, "医生", held.person)
    with pytest.raises(Refused, match="现在不在您管理的机构"):
        actions.amend(actor=manager, person_id=held.person_id, is_active=True, at=AT, **said)
    with pytest.raises(Refused, match="现在不在您管理的机构"):
        actions.add_licence(actor=manager, person_id=held.person_id, kind="physician", number="L1", from_on=date(2026, 1, 1), at=AT)


def test_posts_are_half_open() -> None:
    here = county()
    held = post(here.hospital)
    actions.end_post(actor=SYSTEM, post_id=held.id, until_on=date(2026, 6, 1), at=AT)
    assert queries.posts_of(held.person_id, date(2026, 5, 31)) == [held]
    assert queries.posts_of(held.person_id, date(2026, 6, 1)) == []
    with pytest.raises(Refused):
        actions.end_post(actor=SYSTEM, post_id=held.id, until_on=date(2026, 7, 1), at=AT)


def test_end_post_refuses_a_day_before_it_began() -> None:
    held = post(county().hospital, from_on=date(2026, 6, 1))
    with pytest.raises(Refused) as refusal:
        actions.end_post(actor=SYSTEM, post_id=held.id, until_on=date(2026, 6, 1), at=AT)
    assert refusal.value.field == "until_on"


def test_add_licence_once() -> None:
    who = person()
    actions.add_licence(actor=SYSTEM, person_id=who.id, kind="physician", number="110340", from_on=date(2020, 1, 1), at=AT)
    with pytest.raises(Refused):
        actions.add_licence(actor=SYSTEM, person_id=person().id, kind="physician", number="110340", from_on=date(2020, 1, 1), at=AT)


def test_directory_shows_who_is_in_reach_in_constant_statements(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    here = county()
    viewer = actor(here.hospital, "people.view")
    post(here.townships[0])
    for size in (1, 9, 10):
        for _ in range(size):
            post(here.hospital)
        with django_assert_num_queries(2):
            shown = queries.directory(viewer, queries.Filters(), AT.date(), size=50)
        assert {p.institution_id for someone in shown.rows for p in someone.held} == {here.hospital.id}
    assert len(shown.rows) == 20
