"""Acknowledging, reading back, finishing, and taking it back within a minute."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yilianti.kernel.finding import Refused
from yilianti.kernel.models import JournalEntry
from yilianti.registry.inbox import actions, queries
from yilianti.registry.inbox import api as inbox
from yilianti.registry.inbox.models import Item
from yilianti.registry.inbox.rules import reads_back
from yilianti.registry.inbox.tests.factories import OFFICE, task, worker

pytestmark = pytest.mark.django_db


def notice(county, at, key="1", **more):
    return inbox.notify(key=key, institution_id=county.hospital.pk, role=OFFICE, title="已撤回", at=at, **more)


def test_acknowledge_is_journalled_once_and_refused_the_second_time(county, at):
    office, outsider = worker(county.hospital, OFFICE, at), worker(county.other_hospital, OFFICE, at)
    item = notice(county, at)
    with pytest.raises(Refused):
        inbox.acknowledge(actor=outsider, item=item.pk, at=at)
    inbox.acknowledge(actor=office, item=item.pk, at=at)
    with pytest.raises(Refused, match="已经办过"):
        inbox.acknowledge(actor=office, item=item.pk, at=at)
    assert JournalEntry.objects.filter(word="inbox.acknowledged").count() == 1


@pytest.mark.parametrize(
    ("given", "expected", "same"),
    [
        ("K 6.8 mmol/L", "K 6.8 mmol/L", True),
        ("k6.8mmol/l", "K 6.8 mmol/L", True),
        ("Ｋ ６.８ ｍｍｏｌ／Ｌ。", "K 6.8 mmol/L", True),
        ("K 6.3 mmol/L", "K 6.8 mmol/L", False),
        ("K 68 mmol/L", "K 6.8 mmol/L", False),
        ("-2", "2", False),
        ("", "K 6.8", False),
    ],
)
def test_what_is_read_back_says_the_same(given, expected, same):
    assert reads_back(given, expected) is same


def test_a_critical_notice_is_acknowledged_by_reading_back(county, at):
    office = worker(county.hospital, OFFICE, at)
    item = notice(county, at, urgency="critical", read_back="血钾 6.8 mmol/L", acknowledge_by=at + timedelta(minutes=10))
    assert item.needs_acknowledgement and item.climbs_at == at
    with pytest.raises(Refused, match="复述内容"):
        inbox.acknowledge(actor=office, item=item.pk, at=at, read_back="血钾 6.3 mmol/L")
    inbox.acknowledge(actor=office, item=item.pk, at=at, read_back="血钾6.8mmol/L")
    assert JournalEntry.objects.get(word="inbox.acknowledged").facts == {"read_back": True}


def test_many_are_acknowledged_together_but_nothing_that_needs_a_thought(county, at):
    office = worker(county.hospital, OFFICE, at)
    plain = [notice(county, at, f"n{n}") for n in range(3)]
    left = [notice(county, at, "c", urgency="critical"), notice(county, at, "r", read_back="A"), task(county, at, "t")]
    foreign = inbox.notify(key="f", institution_id=county.other_hospital.pk, title="别处", at=at)
    ticked = [item.pk for item in (*plain, *left, foreign)]
    assert actions.acknowledge_many(actor=office, items=ticked, at=at) == 3
    assert actions.acknowledge_many(actor=office, items=ticked, at=at) == 0
    assert queries.open_count(office, at) == 3
    assert JournalEntry.objects.filter(word="inbox.acknowledged").count() == 3


def test_reopen_within_a_minute_by_the_same_person_only(county, at):
    office, colleague = worker(county.hospital, OFFICE, at), worker(county.hospital, OFFICE, at)
    item = task(county, at)
    actions.finish(actor=office, item=item.pk, at=at)
    with pytest.raises(Refused, match="本人"):
        actions.reopen(actor=colleague, item=item.pk, at=at)
    with pytest.raises(Refused, match="超过一分钟"):
        actions.reopen(actor=office, item=item.pk, at=at + timedelta(seconds=61))
    actions.reopen(actor=office, item=item.pk, at=at + timedelta(seconds=60))
    assert queries.open_count(colleague, at) == 1
    assert Item.objects.get(pk=item.pk).climbs_at == at + timedelta(seconds=60)
    words = JournalEntry.objects.filter(subject=f"inbox:{item.pk}").order_by("id").values_list("word", flat=True)
    assert list(words) == ["inbox.finished", "inbox.reopened"]


def test_see_is_noted_the_first_time(county, at):
    office = worker(county.hospital, OFFICE, at)
    item = task(county, at)
    for _ in range(3):
        actions.see(actor=office, item=item.pk, at=at)
    assert item.seen.count() == JournalEntry.objects.filter(word="inbox.seen").count() == 1
