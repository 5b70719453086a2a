"""Calls outside the platform: to whom, when, by which channel, and what follows a failure; settings and digest."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.models import JournalEntry
from yilianti.registry.inbox import actions, messages, rules
from yilianti.registry.inbox import api as inbox
from yilianti.registry.inbox.models import Call, Digest, Preference
from yilianti.registry.inbox.tests.factories import OFFICE, task, worker

pytestmark = pytest.mark.django_db
CHINA = ZoneInfo("Asia/Shanghai")
SYSTEM = Actor.system()


def wants(actor, at, *, urgent=("sms",), **more):
    given = {"phone": "13800000001", "phone_confirmed_at": at, "urgent": list(urgent), "critical": ["sms"], **more}
    return Preference.objects.create(person_id=actor.person, **given)


def calls():
    return list(Call.objects.order_by("id").values_list("channel", "state"))


def call_due(at, **later):
    return inbox.call_due(actor=SYSTEM, at=at + timedelta(**later))


@pytest.mark.parametrize(
    ("at", "begins", "ends", "quiet"),
    [
        ("21:59", "22:00", "07:00", False), ("22:00", "22:00", "07:00", True), ("06:59", "22:00", "07:00", True), ("07:00", "22:00", "07:00", False),
        ("13:00", "12:00", "14:00", True), ("14:00", "12:00", "14:00", False), ("03:00", "22:00", "22:00", False),
    ],
)  # fmt: skip
def test_quiet_hours_run_over_midnight(at, begins, ends, quiet):
    moment = datetime.combine(datetime(2026, 11, 26, tzinfo=CHINA), time.fromisoformat(at), CHINA)
    hours = time.fromisoformat(begins), time.fromisoformat(ends)
    assert rules.is_quiet(moment, *hours) is quiet
    until = rules.quiet_until(moment, *hours)
    assert (until == moment) is (not quiet) and not rules.is_quiet(until, *hours)


def test_only_who_wants_it_for_this_urgency_with_a_confirmed_number_is_called_once(county, at):
    chosen, unconfirmed = worker(county.hospital, OFFICE, at), worker(county.hospital, OFFICE, at)
    worker(county.hospital, OFFICE, at)
    wants(chosen, at)
    wants(unconfirmed, at, phone_confirmed_at=None)
    item = task(county, at, urgency="urgent")
    task(county, at, "2")
    for _ in range(3):
        call_due(at)
    assert calls() == [("sms", "called")]
    entry = JournalEntry.objects.get(word="inbox.called")
    assert entry.subject == f"inbox:{item.pk}" and entry.facts["person"] == chosen.person
    assert "13800000001" not in str(entry.facts)


def test_quiet_hours_hold_back_what_can_wait_and_critical_pierces(county):
    night = datetime(2026, 11, 26, 23, 30, tzinfo=CHINA)
    office = worker(county.hospital, OFFICE, night)
    wants(office, night)
    task(county, night, urgency="urgent")
    call_due(night)
    assert calls() == [("sms", "waiting")]
    task(county, night, "2", urgency="critical")
    call_due(night, seconds=1)
    assert calls() == [("sms", "waiting"), ("sms", "called")]
    call_due(datetime(2026, 11, 27, 7, tzinfo=CHINA))
    assert JournalEntry.objects.filter(word="inbox.called").count() == 2


def test_what_was_answered_meanwhile_needs_no_message(county):
    night = datetime(2026, 11, 26, 23, 30, tzinfo=CHINA)
    office = worker(county.hospital, OFFICE, night)
    wants(office, night)
    items = [task(county, night, str(n), urgency="urgent") for n in range(2)]
    call_due(night)
    actions.finish(actor=office, item=items[0].pk, at=night)
    actions.claim(actor=office, item=items[1].pk, at=night)
    call_due(night, hours=8)
    assert calls() == [("sms", "not_needed")] * 2


def test_a_failed_channel_falls_to_the_next_and_a_later_success_mends_it(county, at):
    office = worker(county.hospital, OFFICE, at)
    wants(office, at, urgent=("sms", "chat"))
    task(county, at, urgency="urgent")
    call_due(at)
    first = Call.objects.get()
    inbox.report(actor=SYSTEM, about=f"inbox_call:{first.pk}", error="网关拒绝", at=at)
    call_due(at)
    assert calls() == [("sms", "failed"), ("chat", "called")]
    assert JournalEntry.objects.get(word="inbox.unreached").facts["error"] == "网关拒绝"
    inbox.report(actor=SYSTEM, about=f"inbox_call:{first.pk}", error="", at=at)
    assert calls()[0] == ("sms", "reached")
    inbox.report(actor=SYSTEM, about=f"inbox_call:{first.pk}", error="again", at=at)
    inbox.report(actor=SYSTEM, about="referral:1", error="x", at=at)
    assert JournalEntry.objects.filter(word__in=("inbox.reached", "inbox.unreached")).count() == 2


def test_a_silent_gateway_is_not_waited_for(county, at):
    wants(worker(county.hospital, OFFICE, at), at, urgent=("sms", "chat"))
    task(county, at, urgency="urgent")
    call_due(at)
    call_due(at, minutes=9, seconds=59)
    assert calls() == [("sms", "called")]
    call_due(at, minutes=10)
    call_due(at, minutes=10)
    assert calls() == [("sms", "failed"), ("chat", "called")]


def test_a_rung_calls_whom_it_reaches(county, at):
    manager = worker(county.hospital, "consortium_manager", at)
    wants(manager, at)
    task(county, at, urgency="urgent")
    inbox.escalate_due(actor=SYSTEM, at=at + timedelta(minutes=125))
    call_due(at, minutes=125)
    call = Call.objects.get()
    assert (call.person_id, call.step) == (manager.person, 4)
    said = inbox.message_for("inbox.called", {"call": call.pk}, at)
    assert (said.text, said.phone, said.values) == ("escalated", "13800000001", {"urgency": "紧急", "kind": "待办", "number": call.item_id})


def test_a_telephone_is_confirmed_by_the_code_that_was_sent_there(county, at):
    office = worker(county.hospital, OFFICE, at)
    with pytest.raises(Refused, match="11 位"):
        actions.ask_code(actor=office, phone="0551-123", at=at)
    with pytest.raises(Refused, match="先在上面确认手机号"):
        actions.choose(actor=office, channels={"urgent": ["sms"]}, quiet_from=None, quiet_until=None, digest=False, at=at)
    actions.ask_code(actor=office, phone="13800000001", at=at)
    with pytest.raises(Refused, match="一分钟"):
        actions.ask_code(actor=office, phone="13800000001", at=at + timedelta(seconds=30))
    said = inbox.message_for("inbox.code_asked", JournalEntry.objects.get(word="inbox.code_asked").facts, at)
    assert (said.phone, said.text) == ("13800000001", "code")
    with pytest.raises(Refused, match="还可以再试 4 次"):
        actions.confirm_phone(actor=office, code="x", at=at)
    actions.confirm_phone(actor=office, code=f" {said.values['code']} ", at=at + timedelta(minutes=9))
    kept = actions.choose(actor=office, channels={"urgent": ["chat", "sms"]}, quiet_from=None, quiet_until=None, digest=True, at=at)
    assert (kept.urgent, kept.routine, kept.digest) == (["sms", "chat"], [], True)
    assert actions.forget_phone(actor=office, at=at).urgent == []


def test_a_code_expires_and_guessing_ends(county, at):
    office = worker(county.hospital, OFFICE, at)
    actions.ask_code(actor=office, phone="13800000001", at=at)
    code = messages.code_of(Preference.objects.get())
    with pytest.raises(Refused, match="失效"):
        actions.confirm_phone(actor=office, code=code, at=at + timedelta(minutes=11))
    for _ in range(5):
        with pytest.raises(Refused, match="不对"):
            actions.confirm_phone(actor=office, code="000000" if code != "000000" else "1", at=at)
    with pytest.raises(Refused, match="失效"):
        actions.confirm_phone(actor=office, code=code, at=at)


@pytest.mark.parametrize(
    ("begins", "ends", "fits"),
    [("20:00", "08:00", True), ("19:00", "09:00", True), ("18:00", "07:00", False), ("21:00", "09:30", False), ("00:30", "06:00", True), ("12:00", "14:00", False)],
)
def test_own_quiet_hours_stay_within_the_bounds(county, at, begins, ends, fits):
    office = worker(county.hospital, OFFICE, at)
    given = {"quiet_from": time.fromisoformat(begins), "quiet_until": time.fromisoformat(ends), "channels": {}, "digest": False, "at": at}
    if fits:
        assert actions.choose(actor=office, **given).quiet_from == given["quiet_from"]
    else:
        with pytest.raises(Refused, match="最早从"):
            actions.choose(actor=office, **given)


def test_the_digest_comes_once_a_working_morning_with_counts(county, at):
    morning = datetime(2026, 11, 26, 7, 45, tzinfo=CHINA)
    office = worker(county.hospital, OFFICE, at)
    wants(office, at, digest=True)
    wants(worker(county.township, "township_doctor", at), at, digest=True)  # nothing waits there
    task(county, at, "1", due_at=at)
    task(county, at, "2", urgency="urgent")
    task(county, at, "3", institution_id=county.other_hospital.pk)
    for moment in (morning - timedelta(minutes=1), morning, morning, morning + timedelta(hours=1)):
        inbox.digest_due(actor=SYSTEM, at=moment)
    assert list(Digest.objects.filter(waiting__gt=0).values_list("person", "waiting", "urgent", "late")) == [(office.person, 2, 1, 1)]
    said = inbox.message_for("inbox.digested", JournalEntry.objects.get(word="inbox.digested").facts, morning)
    assert said.values == {"waiting": 2, "urgent": 1, "late": 1}


@pytest.mark.parametrize(("day", "comes"), [(28, 0), (27, 1)])
def test_no_digest_on_days_off_nor_in_the_afternoon(county, at, day, comes):
    wants(worker(county.hospital, OFFICE, at), at, digest=True)
    task(county, at)
    assert inbox.digest_due(actor=SYSTEM, at=datetime(2026, 11, day, 13, tzinfo=CHINA)) == 0
    assert inbox.digest_due(actor=SYSTEM, at=datetime(2026, 11, day, 8, tzinfo=CHINA)) == comes
