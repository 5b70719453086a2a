"""The clock runs in three places while the owed step is taken: each rung at most once, and none after the step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from yilianti.care.referral import actions
from yilianti.care.referral.models import Referral
from yilianti.care.referral.tests import factories
from yilianti.kernel.actor import Actor
from yilianti.kernel.models import JournalEntry

REFERRALS = 60
pytestmark = pytest.mark.django_db(transaction=True)


def _at_once(acts: list[Callable[[], Any]]) -> None:
    start = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> None:
        try:
            start.wait(timeout=30)
            act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        list(pool.map(run, acts))


def test_the_clock_and_the_step_at_once(at: datetime) -> None:
    scene = factories.scene(at)
    made = [factories.submitted(scene, at, diagnosis_code=f"T{i:03d}") for i in range(REFERRALS)]
    late = at + timedelta(days=3)

    def clock() -> int:
        return sum(actions.remind_due(actor=Actor.system(), at=late) for _ in range(4))

    def accept() -> None:
        for one in made[: REFERRALS // 2]:
            actions.accept(actor=scene.office, number=one.number, appointment_at=late + timedelta(days=1), at=late)

    _at_once([clock, clock, clock, accept])
    actions.remind_due(actor=Actor.system(), at=late)
    spoken = JournalEntry.objects.filter(word__in=["referral.reminded", "referral.escalated"])
    counted = Counter((entry.subject, entry.facts["promise"], entry.facts["rung"]) for entry in spoken)
    assert set(counted.values()) == {1}, "a rung was taken twice"
    accepted = dict(JournalEntry.objects.filter(word="referral.accepted").values_list("subject", "id"))
    assert len(accepted) == REFERRALS // 2
    after = [entry.subject for entry in spoken if entry.id > accepted.get(entry.subject, entry.id)]
    assert after == [], "the clock spoke of an answer that had been given"
    for one in made[REFERRALS // 2 :]:
        assert {rung for subject, _, rung in counted if subject == f"referral:{one.number}"} == {1, 2}
    assert set(Referral.objects.filter(state="accepted").values_list("rung", flat=True)) == {0}


def test_two_who_ask_and_answer_at_once_leave_one_question_or_none(at: datetime) -> None:
    scene = factories.scene(at)
    for turn in range(20):
        made = factories.submitted(scene, at, diagnosis_code=f"Q{turn:03d}")
        actions.say(actor=scene.office, number=made.number, text="血钾多少？", kind="question", at=at)
        _at_once([
            lambda number=made.number: actions.say(actor=scene.township, number=number, text="4.1", kind="answer", at=at),
            lambda number=made.number: actions.say(actor=scene.office, number=number, text="肌酐呢？", kind="question", at=at),
            lambda: actions.remind_due(actor=Actor.system(), at=at + timedelta(hours=2)),
        ])  # fmt: skip
        asked = Referral.objects.filter(pk=made.pk, question__isnull=False).values_list("question__asked_by", flat=True)
        assert list(asked) in ([], ["receiver"])
