"""Claimed by exactly one, handed over with a word, given back."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection

from yilianti.kernel.finding import Refused
from yilianti.kernel.models import JournalEntry
from yilianti.registry.access.tests import factories
from yilianti.registry.inbox import actions, queries
from yilianti.registry.inbox import api as inbox
from yilianti.registry.inbox.models import Item
from yilianti.registry.inbox.tests.factories import OFFICE, task, worker

pytestmark = pytest.mark.django_db


def test_claim_is_seen_by_colleagues_and_only_the_taker_finishes(county, at):
    first, second = worker(county.hospital, OFFICE, at, "赵一"), worker(county.hospital, OFFICE, at)
    item = task(county, at)
    actions.claim(actor=first, item=item.pk, at=at)
    for act in (actions.claim, actions.finish):
        with pytest.raises(Refused, match="赵一"):
            act(actor=second, item=item.pk, at=at)
    actions.finish(actor=first, item=item.pk, at=at)
    assert queries.open_count(second, at) == 0


def test_give_back_starts_the_ladder_anew(county, at):
    first, second = worker(county.hospital, OFFICE, at), worker(county.hospital, OFFICE, at)
    item = task(county, at)
    actions.claim(actor=first, item=item.pk, at=at)
    with pytest.raises(Refused, match="不在您手上"):
        actions.give_back(actor=second, item=item.pk, at=at)
    later = at + timedelta(hours=1)
    actions.give_back(actor=first, item=item.pk, at=later)
    again = Item.objects.get(pk=item.pk)
    assert (again.claimed_by, again.round, again.waits_since, again.climbs_at) == (None, 1, later, later)
    actions.claim(actor=second, item=item.pk, at=later)


def test_hand_over_needs_a_colleague_there_and_a_word(county, at):
    office, outsider = worker(county.hospital, OFFICE, at), worker(county.township, "township_doctor", at)
    colleague = worker(county.hospital, "county_department", at)
    item = task(county, at)
    for to, word, complaint in ((outsider, "请办", "本机构"), (colleague, " ", "附言"), (office, "x", "我来办"), (colleague, "110101199001011237", "身份证号")):
        with pytest.raises(Refused, match=complaint):
            actions.hand_over(actor=office, item=item.pk, to=to.person, word=word, at=at)
    assert queries.open_count(colleague, at) == 0
    actions.hand_over(actor=office, item=item.pk, to=colleague.person, word="请心内科看", at=at)
    assert queries.open_count(colleague, at) == queries.open_count(office, at) == 1
    assert JournalEntry.objects.get(word="inbox.handed_over").facts == {"person": colleague.person}
    assert item.addresses.get(person=colleague.person).note == "请心内科看"


def test_a_notice_is_not_taken(county, at):
    office = worker(county.hospital, OFFICE, at)
    item = inbox.notify(key="1", institution_id=county.hospital.pk, title="停机", at=at)
    with pytest.raises(Refused, match="知道了"):
        actions.claim(actor=office, item=item.pk, at=at)


@pytest.mark.django_db(transaction=True)
def test_of_six_who_claim_at_once_one_wins_and_the_others_read_who(at):
    county = factories.county()
    people = [worker(county.hospital, OFFICE, at, f"同事{n}") for n in range(6)]
    item = task(county, at)
    start, won, lost = threading.Barrier(6), [], []

    def run(actor):
        start.wait()
        try:
            actions.claim(actor=actor, item=item.pk, at=at)
            won.append(actor.name)
        except Refused as refusal:
            lost.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(actor,)) for actor in people]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len(won) == 1 and len(lost) == 5
    assert all(refusal.code == "changed_meanwhile" and won[0] in refusal.zh for refusal in lost)
    assert JournalEntry.objects.filter(word="inbox.claimed").count() == 1
