"""A month reckoned by many hands at once charges every claim once; a package is fixed once and closed against late months."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.db.models import Sum

from tests.concurrency.test_charging import together
from yilianti.kernel.models import JournalEntry
from yilianti.kernel.money import Money
from yilianti.settlement.budget import actions
from yilianti.settlement.budget.models import Charged, Package, Payment, Reckoning
from yilianti.settlement.budget.tests import factories
from yilianti.settlement.claims.models import Claim

pytestmark = pytest.mark.django_db(transaction=True)


def test_eight_hands_reckon_one_month_and_every_claim_is_charged_once(at: datetime) -> None:
    scene = factories.scene(at)
    package = factories.fixed(scene, at)
    for day in range(1, 6):
        factories.billed(scene, at, f"S{day}", month=1, kind="outpatient", admitted_on=date(2026, 1, day), discharged_on=date(2026, 1, day), total=50_000, first_self=0)
    acts: list[Callable[[], Any]] = [lambda: actions.reckon_month(actor=scene.finance, number=package.number, month=date(2026, 1, 1), at=at)]
    assert together(acts * 8) == ["done"] * 8
    whole = Claim.objects.aggregate(fen=Sum("basic"))["fen"]
    assert Charged.objects.aggregate(fen=Sum("fen"))["fen"] == whole > 0
    assert sorted(Reckoning.objects.values_list("turn", "lines")) == [(1, Charged.objects.count())] + [(turn, 0) for turn in range(2, 9)]
    assert JournalEntry.objects.filter(word="budget.reckoned").count() == 8


def test_one_fixes_and_the_others_read_who_did(at: datetime) -> None:
    scene = factories.scene(at)
    package = factories.drafted(scene, at)
    acts: list[Callable[[], Any]] = [lambda: actions.fix(actor=scene.bureau, number=package.number, resolution="决议", at=at)]
    assert together(acts * 4) == ["done"] + ["wrong_state"] * 3
    assert Package.objects.get().version == 2 and package.instalments.count() == 4


def test_one_draft_of_a_year(at: datetime) -> None:
    scene = factories.scene(at)
    assert together([lambda: factories.drafted(scene, at)] * 4) == ["done"] + ["drafted_already"] * 3


def test_an_instalment_is_paid_once_and_nothing_is_paid_after_the_end(at: datetime) -> None:
    scene = factories.scene(at)
    package = factories.fixed(scene, at)
    due = package.instalments.get(number=1).fen
    pay: list[Callable[[], Any]] = [
        lambda number=number: actions.pay(actor=scene.bureau, number=package.number, instalment=1, amount=Money(due), voucher=f"PZ{number}", paid_on=date(2026, 1, 9), at=at) for number in range(4)
    ]
    assert together(pay) == ["amount_beyond"] * 3 + ["done"]
    late: list[Callable[[], Any]] = [lambda: actions.close(actor=scene.finance, number=package.number, settlement="QS1", at=at),
                                     lambda: actions.reckon_month(actor=scene.finance, number=package.number, month=date(2026, 1, 1), at=at)]  # fmt: skip
    assert "done" in together(late) and Package.objects.get().state == "closed"
    assert Payment.objects.count() == 1
