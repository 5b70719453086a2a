"""Who sees what: by person, post, role, department, everybody there; once per key."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yilianti.registry.access.tests import factories
from yilianti.registry.inbox import api as inbox
from yilianti.registry.inbox import queries
from yilianti.registry.inbox.models import Address, Item
from yilianti.registry.inbox.tests.factories import OFFICE, actor_of, task, worker
from yilianti.registry.institutions.models import Department

pytestmark = pytest.mark.django_db


def seen_by(actors, at):
    return [queries.open_count(actor, at) for actor in actors]


def test_notify_reaches_whoever_holds_the_role_there_and_nobody_else(county, at):
    people = [worker(county.hospital, OFFICE, at), worker(county.hospital, "county_department", at), worker(county.other_hospital, OFFICE, at)]
    inbox.notify(key="1", institution_id=county.hospital.pk, role=OFFICE, title="转诊单 ZZ20261118-000001 待答复", at=at)
    assert seen_by(people, at) == [1, 0, 0]


def test_a_role_held_elsewhere_does_not_open_the_inbox_here(county, at):
    held = factories.post(county.hospital)
    factories.grant(held, "county_department")
    factories.grant(held, OFFICE, over=county.other_hospital)
    actor = actor_of(factories.account(held), at)
    task(county, at)
    assert queries.open_count(actor, at) == 0


def test_what_names_a_person_is_seen_by_that_person_only(county, at):
    first, second = (worker(county.township, "township_doctor", at) for _ in range(2))
    inbox.notify(key="1", institution_id=county.township.pk, person_id=first.person, title="已接收", at=at)
    inbox.notify(key="2", institution_id=county.township.pk, title="停机通知", at=at)
    assert seen_by((first, second), at) == [2, 1]


def test_a_department_is_addressed_with_or_without_a_role(county, at):
    heart = Department.objects.create(institution=county.hospital, code="01", name="心内科")
    posts = [factories.post(county.hospital) for _ in range(3)]
    posts[0].department = posts[1].department = heart
    for post, role in zip(posts, ("county_department", OFFICE, "county_department"), strict=True):
        post.save()
        factories.grant(post, role)
    people = [actor_of(factories.account(post), at) for post in posts]
    inbox.ask(key="1", institution_id=county.hospital.pk, department_id=heart.pk, title="科室待办", at=at)
    inbox.ask(key="2", institution_id=county.hospital.pk, department_id=heart.pk, role="county_department", title="医生待办", at=at)
    assert seen_by(people, at) == [2, 1, 0]


def test_a_post_is_whoever_holds_it_and_after_its_end_its_institution(county, at):
    held, ended = factories.post(county.hospital), factories.post(county.hospital)
    factories.grant(held, OFFICE)
    ended.until_on = factories.LONG_AGO.replace(year=2021)
    ended.save()
    holder, colleague = actor_of(factories.account(held), at), worker(county.hospital, OFFICE, at)
    inbox.ask(key="1", institution_id=county.township.pk, post_id=held.pk, title="给这个岗位", at=at)
    inbox.ask(key="2", institution_id=county.township.pk, post_id=ended.pk, title="给已结束的岗位", at=at)
    assert seen_by((holder, colleague), at) == [2, 1]


def test_the_same_key_is_told_once(county, at):
    for _ in range(3):
        task(county, at, "42:to")
    assert (Item.objects.count(), Address.objects.count()) == (1, 1)


def test_complete_closes_tasks_of_the_subject_and_leaves_notices(county, at):
    office = worker(county.hospital, OFFICE, at)
    task(county, at, "1", subject="referral:1")
    inbox.notify(key="2", institution_id=county.hospital.pk, role=OFFICE, title="已撤回", subject="referral:1", at=at)
    task(county, at, "3", subject="referral:2")
    assert inbox.complete(subject="referral:1", actor=office, at=at) == 1
    assert inbox.complete(subject="referral:1", actor=office, at=at) == 0
    assert queries.open_count(office, at) == 2


@pytest.mark.parametrize("wrong", [{"link": "https://example.org/"}, {"link": "//example.org"}, {"title": "患者 110101199001011237 待接收"}])
def test_neither_foreign_links_nor_identity_numbers_stand_in_the_inbox(county, at, wrong):
    with pytest.raises(ValueError, match="inbox"):
        inbox.notify(**{"key": "1", "institution_id": county.hospital.pk, "title": "通知", "at": at, **wrong})


@pytest.mark.parametrize("rows", [1, 10, 30])
def test_worklist_costs_the_same_for_one_and_many(county, at, rows):
    office = worker(county.hospital, OFFICE, at)
    for n in range(rows):
        inbox.notify(key=str(n), institution_id=county.hospital.pk, role=OFFICE, title=f"第 {n} 条", at=at)
    with CaptureQueriesContext(connection) as spent:
        page = queries.worklist(office, queries.Filters(), at)
        [(item.institution.short_name, item.claimed_by, item.stands_in_for) for item in page.rows]
    assert len(spent) == 3 and len(page.rows) == min(rows, queries.PAGE)
    with CaptureQueriesContext(connection) as spent:
        assert queries.counts(office, at) == queries.Counts(rows, 0)
    assert len(spent) == 1


def test_worklist_turns_its_pages_and_narrows(county, at):
    office = worker(county.hospital, OFFICE, at)
    for n in range(25):
        task(county, at, str(n), urgency="urgent" if n == 7 else "routine", subject="referral:1" if n == 3 else "")
    inbox.notify(key="n", institution_id=county.hospital.pk, title="停机", at=at)
    first = queries.worklist(office, queries.Filters(), at)
    rest = queries.worklist(office, queries.Filters(), at, before=int(first.next_key))
    assert len({item.pk for item in [*first.rows, *rest.rows]}) == 26 and not rest.next_key

    def found(**narrowed):
        return [item.title for item in queries.worklist(office, queries.Filters(**narrowed), at).rows]

    assert found(urgency="urgent") == ["转诊单 ZZ7 待答复"]
    assert found(room="referral") == ["转诊单 ZZ3 待答复"]
    assert found(kind="notice") == ["停机"] and found(text="ZZ24") == ["转诊单 ZZ24 待答复"]
    assert found(tab="done") == [] and found(due="late") == []
