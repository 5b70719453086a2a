"""The operations page, and what a person decides there."""

from __future__ import annotations

from datetime import timedelta
from types import MappingProxyType

import pytest
from django.test import RequestFactory

from yilianti.handovers import actions, queries, retention, upkeep
from yilianti.handovers.following import Follower
from yilianti.handovers.models import Cursor, Delivery, Verification, Waiting
from yilianti.handovers.pages import views
from yilianti.handovers.tests.factories import Recorder, happen, seal
from yilianti.handovers.tests.test_following import run_out
from yilianti.kernel import reading, sealing
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.models import JournalEntry
from yilianti.registry.access.queries import trails

pytestmark = pytest.mark.django_db

EVERYWHERE = frozenset([1])
ADMINISTRATOR = Actor("管理员", person=7, reach=MappingProxyType({"operations.view": EVERYWHERE, "operations.retry": EVERYWHERE}))
ONLOOKER = Actor("旁观者", person=8, reach=MappingProxyType({"operations.view": EVERYWHERE}))


@pytest.fixture
def recorder(at) -> Recorder:
    """Two entries of one subject, the first of them parked."""
    made = Recorder()
    made.failing.add("sample:bad")
    happen(subject="sample:bad")
    happen(subject="sample:bad")
    seal()
    run_out(Follower([made.handover]), at)
    Waiting.objects.filter(attempts__gt=0).update(attempts=5, parked_at=at, retry_at=None)
    return made


def shown(view, actor: Actor, **where) -> str:
    request = RequestFactory().get("/operations/")
    request.actor, request.htmx = actor, False
    with reading.only_reading():
        return view(request, **where).content.decode()


def test_the_page_shows_the_parked_entry_and_writes_nothing(recorder):
    page = shown(views.operations, ADMINISTRATOR)
    assert "sample_to_test" in page
    assert "cannot take sample:bad" in page
    assert "重试" in page
    assert "DETAIL" not in page


def test_one_entry_has_its_page_with_the_form_only_for_those_who_may(recorder):
    waiting = Waiting.objects.earliest("id").id
    assert "放弃原因" in shown(views.waiting, ADMINISTRATOR, waiting=waiting)
    assert "放弃原因" not in shown(views.waiting, ONLOOKER, waiting=waiting)
    assert "1 条（同一对象）" in shown(views.waiting, ADMINISTRATOR, waiting=waiting)


def test_the_page_stands_when_nothing_has_run_yet(db):
    assert "未启动" in shown(views.operations, ADMINISTRATOR)


def test_retry_gives_five_more_attempts_and_the_subject_follows(recorder, at):
    parked = Waiting.objects.earliest("id")
    actions.retry(actor=ADMINISTRATOR, waiting=parked.id, at=at)
    recorder.failing.clear()
    assert Follower([recorder.handover]).retry(at) == 2
    assert not Waiting.objects.exists()
    assert JournalEntry.objects.get(word="handovers.retried").caused_by == parked.entry


def test_dismiss_needs_a_reason_and_lets_the_next_one_through(recorder, at):
    first, second = Waiting.objects.order_by("id")
    with pytest.raises(Refused) as refusal:
        actions.dismiss(actor=ADMINISTRATOR, waiting=first.id, reason="  ", at=at)
    assert refusal.value.field == "reason"
    actions.dismiss(actor=ADMINISTRATOR, waiting=first.id, reason="测试消息，无需登记", at=at)
    recorder.failing.clear()
    assert Follower([recorder.handover]).retry(at) == 1
    assert recorder.seen == [second.entry]
    written = JournalEntry.objects.get(word="handovers.dismissed")
    assert (written.actor_person, written.facts["reason"]) == (7, "测试消息，无需登记")


def test_what_was_decided_cannot_be_decided_again(recorder, at):
    first = Waiting.objects.earliest("id").id
    actions.dismiss(actor=ADMINISTRATOR, waiting=first, reason="重复", at=at)
    with pytest.raises(Refused, match="已有人放弃"):
        actions.retry(actor=ADMINISTRATOR, waiting=first, at=at)
    with pytest.raises(Refused, match="已经办成"):
        actions.retry(actor=ADMINISTRATOR, waiting=0, at=at)


def test_without_the_permission_nothing_is_decided(recorder, at):
    first = Waiting.objects.earliest("id").id
    for decide in (lambda: actions.retry(actor=ONLOOKER, waiting=first, at=at), lambda: actions.dismiss(actor=ONLOOKER, waiting=first, reason="x", at=at)):
        with pytest.raises(Refused) as refusal:
            decide()
        assert refusal.value.code == "not_permitted"


def test_verification_keeps_what_it_found(recorder, at):
    assert upkeep.verify_journal(at).broken == ""
    assert (Verification.objects.get().sealed, queries.journal_state().unsealed) == (2, 0)


def test_a_fault_that_the_clock_finds_is_told_to_the_auditor(recorder, at, monkeypatch):
    monkeypatch.setattr(sealing, "digest", lambda algorithm, text: "0" * 64)
    assert "与封签不符" in upkeep.verify_journal(at).broken
    assert "与封签不符" in trails.chain().broken


def test_purge_keeps_what_a_cursor_could_reach_again(at, monkeypatch):
    monkeypatch.setattr(retention, "BEHIND_CURSOR", 3)
    entries = [happen().id for _ in range(10)]
    seal()
    run_out(Follower([Recorder().handover]), at)
    assert retention.clear(at)["deliveries"] == 0, "too fresh"
    assert retention.clear(at + timedelta(days=31))["deliveries"] == 6
    assert list(Delivery.objects.order_by("entry").values_list("entry", flat=True)) == entries[6:]
    assert Cursor.objects.get().sealed_number == 10
