"""Absences and deputies: who may enter them, what is refused, what a deputy sees, and when it ends."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection

from yilianti.kernel.finding import Refused
from yilianti.registry.access.tests import factories
from yilianti.registry.inbox import actions, queries
from yilianti.registry.inbox import api as inbox
from yilianti.registry.inbox.tests.factories import OFFICE, worker

pytestmark = pytest.mark.django_db


def enter(actor, deputy, at, *, person=None, starts=0, days=3, reason="休假"):
    return actions.enter_absence(actor=actor, person=person or actor.person, deputy=deputy.person, from_at=at + timedelta(days=starts),
                                 until_at=at + timedelta(days=starts + days), reason=reason, at=at)  # fmt: skip


def test_the_deputy_sees_personal_items_while_it_lasts_marked_for_whom(county, at):
    absent, deputy = worker(county.hospital, OFFICE, at, "吴休假"), worker(county.hospital, OFFICE, at)
    inbox.notify(key="1", institution_id=county.hospital.pk, person_id=absent.person, title="给吴", at=at)
    made = enter(absent, deputy, at, starts=1)
    assert [queries.open_count(deputy, at + timedelta(days=d)) for d in (0, 1, 3.9, 4)] == [0, 1, 1, 0]
    assert queries.open_count(absent, at + timedelta(days=1)) == 1
    during = at + timedelta(days=2)
    (item,) = queries.worklist(deputy, queries.Filters(), during).rows
    assert item.stands_in_for == "吴休假"
    actions.end_absence(actor=absent, absence=made.pk, at=during)
    assert queries.open_count(deputy, during) == 0
    with pytest.raises(Refused, match="已经结束"):
        actions.end_absence(actor=absent, absence=made.pk, at=during)


def test_no_chain_a_deputy_of_a_deputy_sees_nothing(county, at):
    first, second, third = (worker(county.hospital, OFFICE, at, name) for name in ("甲", "乙", "丙"))
    enter(first, second, at)
    with pytest.raises(Refused, match="请先为甲改派"):
        enter(second, third, at)
    with pytest.raises(Refused, match="甲在 .* 也离岗"):
        enter(third, first, at)
    inbox.notify(key="1", institution_id=county.hospital.pk, person_id=first.person, title="给甲", at=at)
    enter(second, third, at, starts=3)
    assert [queries.open_count(third, at + timedelta(days=d)) for d in (1, 3.5)] == [0, 0]


@pytest.mark.parametrize(
    ("change", "field"),
    [({"days": 0}, "until_at"), ({"starts": -9}, "until_at"), ({"reason": " "}, "reason")],
)
def test_what_is_wrong_is_named_at_its_field(county, at, change, field):
    absent, deputy = worker(county.hospital, OFFICE, at), worker(county.hospital, OFFICE, at)
    with pytest.raises(Refused) as refusal:
        enter(absent, deputy, at, **change)
    assert refusal.value.field == field


def test_a_deputy_holds_a_role_in_common_in_the_same_institution(county, at):
    absent = worker(county.hospital, OFFICE, at)
    for other in (worker(county.hospital, "county_department", at), worker(county.other_hospital, OFFICE, at)):
        with pytest.raises(Refused, match="没有与离岗人员相同的岗位角色"):
            enter(absent, other, at)
    with pytest.raises(Refused, match="不能是本人"):
        enter(absent, absent, at)


def test_twice_away_at_once_is_refused_and_one_after_the_other_is_not(county, at):
    absent, deputy = worker(county.hospital, OFFICE, at), worker(county.hospital, OFFICE, at)
    enter(absent, deputy, at)
    with pytest.raises(Refused, match="已登记过离岗"):
        enter(absent, deputy, at, starts=2)
    enter(absent, deputy, at, starts=3)


def test_only_oneself_or_who_manages_the_staff_enters_it(county, at):
    absent, deputy = worker(county.hospital, OFFICE, at), worker(county.hospital, OFFICE, at)
    with pytest.raises(Refused, match="只能登记本人"):
        enter(worker(county.hospital, OFFICE, at), deputy, at, person=absent.person)
    made = enter(worker(county.hospital, "administrator", at), deputy, at, person=absent.person, reason="病假")
    assert made.person_id == absent.person
    with pytest.raises(Refused, match="只能登记本人"):
        enter(worker(county.other_hospital, "administrator", at), deputy, at, person=absent.person, starts=5)


@pytest.mark.django_db(transaction=True)
def test_two_who_name_each_other_at_once_do_not_make_a_circle(at):
    county = factories.county()
    first, second = worker(county.hospital, OFFICE, at), worker(county.hospital, OFFICE, at)
    start, ends = threading.Barrier(2), []

    def run(absent, deputy):
        start.wait()
        try:
            enter(absent, deputy, at)
            ends.append("entered")
        except Refused as refusal:
            ends.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in ((first, second), (second, first))]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(ends) == ["absence_clashes", "entered"]


def test_standing_in_adds_no_permission(county, at):
    absent, deputy = worker(county.hospital, OFFICE, at), worker(county.hospital, OFFICE, at)
    before = dict(deputy.reach)
    enter(absent, deputy, at)
    assert dict(worker_again(deputy, at).reach) == before


def worker_again(actor, at):
    from yilianti.registry.access import api as access

    return access.actor_for(actor.account, at)


def test_a_mistyped_year_is_no_absence(county, at):
    absent, deputy = worker(county.hospital, OFFICE, at), worker(county.hospital, OFFICE, at)
    with pytest.raises(Refused, match="核对“结束”的年份"):
        enter(absent, deputy, at, days=365 * 900)
