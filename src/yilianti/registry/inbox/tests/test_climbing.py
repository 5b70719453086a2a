"""The ladder: each rung once, by its clock, to whoever stands there."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from yilianti.kernel.actor import Actor
from yilianti.kernel.models import JournalEntry
from yilianti.registry.access.tests import factories
from yilianti.registry.inbox import actions, queries, rules
from yilianti.registry.inbox import api as inbox
from yilianti.registry.inbox.models import Item, Rung
from yilianti.registry.inbox.tests.factories import OFFICE, task, worker
from yilianti.registry.institutions.models import Department

pytestmark = pytest.mark.django_db
CHINA = ZoneInfo("Asia/Shanghai")
SYSTEM = Actor.system()


def climbs(at, **later):
    return inbox.escalate_due(actor=SYSTEM, at=at + timedelta(**later))


def rungs(item):
    return [(rung.step, rung.to, rung.skipped) for rung in Rung.objects.filter(item=item).order_by("id")]


def test_a_role_has_its_own_rungs_or_those_of_everybody():
    rows = [{"urgency": u, "role": r, "step": s, "after": "5", "reckoned": "clock", "counted_from": "sent", "to": "same", "to_role": "", "place": ""}
            for u, r, s in (("urgent", "", "2"), ("urgent", "", "1"), ("urgent", OFFICE, "1"), ("routine", "", "1"))]  # fmt: skip
    assert [step.step for step in rules.ladder(rows, "urgent", "auditor")] == [1, 2]
    assert [step.step for step in rules.ladder(rows, "urgent", OFFICE)] == [1]
    assert rules.ladder(rows, "critical", "") == ()


def test_an_urgent_task_climbs_to_deputy_head_and_manager(county, at):
    heart = Department.objects.create(institution=county.hospital, code="01", name="心内科")
    doctor = factories.post(county.hospital, called="孙医生")
    leader = factories.post(county.hospital, name="科主任", called="李主任")
    doctor.department = leader.department = heart
    [post.save() for post in (doctor, leader)]
    [factories.grant(post, "county_department") for post in (doctor, leader)]
    head = worker_of(leader, at)
    deputy = worker(county.hospital, "county_department", at, "周代办")
    manager = worker(county.hospital, "consortium_manager", at)
    absent(doctor.person_id, deputy.person, at)
    item = task(county, at, role="", person_id=doctor.person_id, urgency="urgent")
    assert [queries.open_count(actor, at) for actor in (deputy, head, manager)] == [1, 0, 0]
    assert [climbs(at), climbs(at, minutes=29), climbs(at, minutes=30), climbs(at, minutes=30)] == [0, 0, 1, 0]
    assert climbs(at, minutes=60) == 1 and item.addresses.filter(person=deputy.person).exists()
    assert climbs(at, minutes=90) == 1 and queries.open_count(head, at) == 1
    assert climbs(at, minutes=121) == 1 and queries.open_count(manager, at) == 1
    assert climbs(at, days=30) == 0
    assert rungs(item) == [(1, "same", False), (2, "deputy", False), (3, "department_head", False), (4, "role", False)]
    entries = JournalEntry.objects.filter(word="inbox.escalated", subject=f"inbox:{item.pk}")
    assert entries.count() == 4 and entries[0].policy_refs == ["inbox.escalation@2020-01-01#national"]


def worker_of(post, at):
    from yilianti.registry.inbox.tests.factories import actor_of

    return actor_of(factories.account(post), at)


def absent(person, deputy, at):
    return actions.enter_absence(actor=SYSTEM, person=person, deputy=deputy, from_at=at, until_at=at + timedelta(days=9), reason="休假", at=at)


def test_where_nobody_stands_the_rung_is_skipped_and_says_so(county, at):
    worker(county.hospital, OFFICE, at)
    item = task(county, at, urgency="urgent")
    assert climbs(at, hours=3) == 4
    assert rungs(item) == [(1, "same", False), (2, "deputy", True), (3, "department_head", True), (4, "role", True)]


def test_routine_work_waits_in_working_time(county):
    friday = datetime(2026, 2, 13, 16, tzinfo=CHINA)  # then a Saturday made up and nine days off
    worker(county.hospital, OFFICE, friday)
    task(county, friday)
    assert inbox.escalate_due(actor=SYSTEM, at=friday) == 0
    assert Item.objects.get().climbs_at == datetime(2026, 2, 14, 16, 30, tzinfo=CHINA)
    assert inbox.escalate_due(actor=SYSTEM, at=datetime(2026, 2, 14, 16, 30, tzinfo=CHINA)) == 1
    assert Item.objects.get().climbs_at > datetime(2026, 2, 24, 8, tzinfo=CHINA)


def test_a_critical_notice_goes_to_the_manager_at_its_limit_even_before_other_rungs(county, at):
    manager = worker(county.hospital, "consortium_manager", at)
    inbox.notify(key="c", institution_id=county.hospital.pk, role=OFFICE, title="危急值", urgency="critical", acknowledge_by=at + timedelta(minutes=8), at=at)
    assert climbs(at, minutes=8) == 2 and queries.open_count(manager, at) == 1
    assert [step for step, _, _ in rungs(Item.objects.get())] == [1, 4]
    assert climbs(at, minutes=20) == 2


def test_taken_or_closed_work_climbs_no_further_and_given_back_it_begins_anew(county, at):
    office = worker(county.hospital, OFFICE, at)
    item = task(county, at, urgency="urgent")
    assert climbs(at, minutes=31) == 1
    actions.claim(actor=office, item=item.pk, at=at + timedelta(minutes=32))
    assert climbs(at, days=2) == 0
    actions.give_back(actor=office, item=item.pk, at=at + timedelta(minutes=40))
    assert climbs(at, minutes=60) == 0 and climbs(at, minutes=70) == 1
    actions.finish(actor=office, item=item.pk, at=at + timedelta(minutes=71))
    assert climbs(at, days=2) == 0
    assert [(r.round, r.step) for r in Rung.objects.order_by("id")] == [(0, 1), (1, 1)]


def test_plain_notices_and_work_with_its_own_clock_do_not_climb(county, at):
    inbox.notify(key="n", institution_id=county.hospital.pk, title="停机", urgency="urgent", at=at)
    task(county, at, escalates=False, urgency="urgent")
    assert climbs(at, days=30) == 0


@pytest.mark.django_db(transaction=True)
def test_two_runners_take_each_rung_once(at):
    county = factories.county()
    worker(county.hospital, OFFICE, at)
    items = [task(county, at, str(n), urgency="urgent") for n in range(30)]
    start, taken = threading.Barrier(2), []

    def run():
        start.wait()
        try:
            taken.extend(inbox.escalate_due(actor=SYSTEM, at=at + timedelta(hours=3)) for _ in range(2))
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sum(taken) == Rung.objects.count() == JournalEntry.objects.filter(word="inbox.escalated").count() == 4 * len(items)
