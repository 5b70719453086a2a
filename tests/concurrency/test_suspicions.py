"""One decision stands, and one suspicion is raised, however many officers and scans there are at the same instant."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from tests.concurrency.test_charging import together
from yilianti.kernel.models import JournalEntry
from yilianti.kernel.money import Money
from yilianti.settlement.supervision import actions
from yilianti.settlement.supervision.models import Suspicion
from yilianti.settlement.supervision.tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_officers_decide_at_once_and_one_wins(at: datetime) -> None:
    scene = factories.scene(at)
    one = factories.explained(scene, at)
    acts: list[Callable[[], Any]] = [lambda: actions.clear(actor=scene.bureau, number=one.number, text="无误", at=at),
                                     lambda: actions.confirm(actor=scene.bureau, number=one.number, text="重复", amount=Money(9_000), at=at)]  # fmt: skip
    assert together(acts * 2) == ["done"] + ["wrong_state"] * 3
    assert JournalEntry.objects.filter(word__in=("supervision.cleared", "supervision.confirmed")).count() == 1
    assert Suspicion.objects.get().version == 3


def test_scans_at_once_raise_once(at: datetime) -> None:
    scene = factories.scene(at)
    factories.repeated(scene, at)
    acts: list[Callable[[], Any]] = [lambda: actions.scan_month(month=date(2026, 3, 1), at=at)]
    assert together(acts * 4) == ["done"] * 4
    assert Suspicion.objects.count() == 1 and JournalEntry.objects.filter(word="supervision.raised").count() == 1
