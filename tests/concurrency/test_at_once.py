"""The same thing done by several at the same instant is done once: two runners, one form sent eight times."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from yilianti.care.referral import actions
from yilianti.care.referral.actions.certificates import Press
from yilianti.care.referral.models import Certificate, Referral
from yilianti.care.referral.tests import factories
from yilianti.handovers import listing
from yilianti.handovers.following import Follower
from yilianti.handovers.models import Delivery, Waiting
from yilianti.kernel import sealing
from yilianti.kernel.finding import Refused
from yilianti.kernel.models import JournalEntry, JournalSeal
from yilianti.registry.inbox.actions import keep_view
from yilianti.registry.inbox.models import Item, SavedView
from yilianti.registry.institutions.models import Institution

pytestmark = pytest.mark.django_db(transaction=True)


def together(times: int, act: Callable[[], Any]) -> list[Any]:
    """What each of so many threads got from `act`, begun at the same instant."""
    start = Barrier(times)

    def one(_: int) -> Any:
        try:
            start.wait(timeout=30)
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))


def run(at: datetime) -> None:
    """A runner's rounds without its lead, until nothing moves."""
    sealer, follower = sealing.Sealer("sha256"), Follower(listing.handed())
    while sealer.seal(at) or follower.advance(at) or follower.retry(at):
        pass


def test_two_runners_at_once_seal_and_deliver_once(at: datetime) -> None:
    """The lead keeps a second runner out; should both believe they lead, nothing is doubled all the same."""
    scene = factories.scene(at)
    for index in range(60):
        factories.submitted(scene, at, diagnosis_code=f"R{index:03d}")
    together(2, lambda: run(at))
    run(at)  # what the horizon of the other hid from both
    entries = JournalEntry.objects.count()
    assert sealing.verify() == (entries, 0)
    assert JournalSeal.objects.count() == entries
    assert not Waiting.objects.exists()
    submitted = set(JournalEntry.objects.filter(word="referral.submitted").values_list("id", flat=True))
    assert Counter(Delivery.objects.filter(handover="referral_to_inbox").values_list("entry", flat=True)) == Counter(submitted)
    assert Counter(Item.objects.values_list("key", flat=True)) == Counter(f"{entry}:to" for entry in submitted)


def test_submit_the_same_form_eight_times_at_once_gives_one_referral(at: datetime) -> None:
    scene = factories.scene(at)
    for index in range(10):
        key, application = uuid4(), factories.application(scene, diagnosis_code=f"S{index:03d}")

        def submit(key: Any = key, application: Any = application) -> str:
            sent = actions.submit(actor=scene.township, resident=scene.resident.id, application=application, client_key=key, consent_basis="signed", at=at)
            return str(sent.number)

        assert len(set(together(8, submit))) == 1
    assert Referral.objects.count() == 10
    assert JournalEntry.objects.filter(word="referral.submitted").count() == 10


def test_submit_two_forms_for_one_illness_at_once_gives_one_referral(at: datetime) -> None:
    """Two doctors' forms with the same diagnosis and receiver: one stands, the other is told that there is one."""
    scene = factories.scene(at)

    def submit() -> str:
        try:
            return str(factories.submitted(scene, at, diagnosis_code="D001", urgency="elective").number)
        except Refused as refusal:
            return refusal.code

    said = together(8, submit)
    assert said.count("already_open") == 7, said
    assert Referral.objects.count() == 1


def test_keep_view_eight_times_at_once_leaves_one_that_opens_first(at: datetime) -> None:
    scene = factories.scene(at)
    names = iter(f"第{index}个" for index in range(8))
    together(8, lambda: keep_view(actor=scene.office, page="/referrals/", name=next(names), query="box=all", opens_first=True, at=at))
    assert SavedView.objects.count() == 8
    assert SavedView.objects.filter(is_default=True).count() == 1


def test_issue_certificate_six_times_at_once_gives_one(at: datetime, tmp_path: Path) -> None:
    scene = factories.scene(at)
    Institution.objects.filter(pk=scene.county.other_hospital.pk).update(connected=False)
    made = factories.submitted(scene, at, to_institution=scene.county.other_hospital.pk)
    if made.state == "pending":
        actions.approve_out(actor=factories.actor(scene.county.township, "township_doctor", at), number=made.number, at=at)
    press = Press(tmp_path / "files", tmp_path / "keys", lambda code: f"https://yunxi.example/verify/{code}")

    def issue() -> str:
        try:
            return actions.issue_certificate(actor=scene.township, number=made.number, press=press, at=at).number
        except Refused as refusal:
            return refusal.code

    answers = Counter(together(6, issue))
    assert answers.pop("still_valid") == 5 and len(answers) == 1
    assert Certificate.objects.count() == 1
