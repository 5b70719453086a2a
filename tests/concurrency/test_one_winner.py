"""200 referrals, eight contradictory decisions each at the same instant: one winner, seven told who won, none lost."""

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
from yilianti.kernel.finding import Refused
from yilianti.kernel.models import JournalEntry

REFERRALS = 200
DECIDED = ("referral.accepted", "referral.declined", "referral.sent_back", "referral.withdrawn")
pytestmark = pytest.mark.django_db(transaction=True)


def decisions(scene: factories.Scene, number: str, at: datetime) -> list[Callable[[], Any]]:
    """Eight acts on one referral of which one at most can stand."""
    office = scene.office
    return [
        lambda: actions.accept(actor=office, number=number, appointment_at=at + timedelta(hours=1), at=at),
        lambda: actions.decline(actor=office, number=number, reason="no_bed", note="", at=at),
        lambda: actions.send_back(actor=office, number=number, note="补充", at=at),
        lambda: actions.decline(actor=office, number=number, reason="keep_local", note="", at=at),
        lambda: actions.send_back(actor=office, number=number, note="再补充", at=at),
        lambda: actions.decline(actor=office, number=number, reason="other", note="其他", at=at),
        lambda: actions.send_back(actor=office, number=number, note="三补充", at=at),
        lambda: actions.decline(actor=office, number=number, reason="wrong_receiver", note="", at=at),
    ]  # fmt: skip


def attempt(start: Barrier, act: Callable[[], Any]) -> str:
    """ "won", or the sentence the loser read."""
    try:
        start.wait(timeout=30)
        act()
        return "won"
    except Refused as refusal:
        assert refusal.code == "wrong_state"
        return refusal.zh
    finally:
        connection.close()


def test_exactly_one_decision_stands(at: datetime) -> None:
    scene = factories.scene(at)
    numbers = [factories.submitted(scene, at, diagnosis_code=f"T{i:03d}").number for i in range(REFERRALS)]
    with ThreadPoolExecutor(8) as pool:
        for number in numbers:
            start = Barrier(8)
            said = list(pool.map(lambda act, start=start: attempt(start, act), decisions(scene, number, at)))
            assert said.count("won") == 1, said
            assert all(scene.office.name in s and "办理为" in s for s in said if s != "won"), said
    entries = Counter(JournalEntry.objects.filter(word__in=DECIDED).values_list("subject", flat=True))
    assert set(entries.values()) == {1}
    assert len(entries) == REFERRALS
    assert set(Referral.objects.values_list("state", flat=True)) <= {"accepted", "declined", "returned"}
    assert Referral.objects.filter(version=2).count() == REFERRALS


def test_withdraw_and_accept_at_once_never_both(at: datetime) -> None:
    """Accept, then withdraw is a legal order; withdraw, then accept is not: the journal tells which it was."""
    scene = factories.scene(at)
    for index in range(30):
        number = factories.submitted(scene, at, diagnosis_code=f"W{index:03d}").number
        acts = [
            lambda n=number: actions.accept(actor=scene.office, number=n, appointment_at=at + timedelta(hours=1), at=at),
            lambda n=number: actions.withdraw(actor=scene.township, number=n, because="已去外院", at=at),
        ]
        start = Barrier(2)
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda act, start=start: attempt(start, act), acts))
        words = list(JournalEntry.objects.filter(subject=f"referral:{number}").order_by("id").values_list("word", flat=True))[1:]
        assert words in (["referral.withdrawn"], ["referral.accepted", "referral.withdrawn"])
        assert Referral.objects.get(number=number).state == "withdrawn"
