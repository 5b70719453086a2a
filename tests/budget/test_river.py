"""From a package to the right people's inbox: fix it, look at the path, pay the instalment; each closed by the step that was owed."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from yilianti.handovers import budget_to_inbox
from yilianti.kernel.models import JournalEntry
from yilianti.kernel.money import Money
from yilianti.registry.inbox.models import Item
from yilianti.settlement.budget import actions
from yilianti.settlement.budget.tests import factories
from yilianti.settlement.claims.models import Claim

pytestmark = pytest.mark.django_db


def told() -> list[tuple[str, str, bool]]:
    """Role, kind, still open; the river run from its beginning (each item comes once per key)."""
    for entry in JournalEntry.objects.filter(word__in=budget_to_inbox.WORDS).order_by("id"):
        budget_to_inbox.hand_over(entry)
    return [(item.role, item.kind, item.done_at is None) for item in Item.objects.filter(link__startswith="/budget/").order_by("id")]


def test_a_draft_asks_the_bureau_and_fixing_answers(at: datetime) -> None:
    scene = factories.scene(at)
    package = factories.drafted(scene, at)
    assert told() == [("insurance_bureau", "task", True)]
    item = Item.objects.get(link=f"/budget/{package.number}/")
    assert item.institution_id == scene.claims.hospital and package.number in item.title and "874,000.00" in item.title
    actions.fix(actor=scene.bureau, number=package.number, resolution="决议", at=at)
    assert told() == [("insurance_bureau", "task", False), ("finance_office", "notice", True)]


def test_a_month_off_the_path_asks_both_until_it_is_back(at: datetime) -> None:
    scene = factories.scene(at)
    package = factories.fixed(scene, at)
    dear = factories.billed(scene, at, month=1, total=20_000_000)
    Claim.objects.filter(pk=dear.pk).update(basic=dear.fund, catastrophic=0)
    factories.reckoned(scene, package, at, 1)
    asked = [row for row in told() if row[1] == "task"][1:]
    assert asked == [("finance_office", "task", True), ("insurance_bureau", "task", True)]
    actions.set_aside(actor=scene.bureau, number=package.number, amount=Money(dear.fund - 100), because="药品目录调整", document="云医保发〔2026〕7 号", at=at)
    factories.reckoned(scene, package, at, 1)
    assert [row for row in told() if row[1] == "task"][1:] == [("finance_office", "task", False), ("insurance_bureau", "task", False)]


def test_a_due_instalment_asks_the_bureau_until_it_is_paid_whole(at: datetime) -> None:
    begin = at.replace(month=1, day=2)
    scene = factories.scene(begin)
    package = factories.fixed(scene, begin)
    first = package.instalments.get(number=1)
    actions.remind_due(at=datetime.combine(first.due_on - timedelta(days=3), at.timetz()))
    assert told()[-1] == ("insurance_bureau", "task", True)
    for number, amount in ((1, first.fen - 1), (2, 1)):
        assert told()[-1] == ("insurance_bureau", "task", True)
        actions.pay(actor=scene.bureau, number=package.number, instalment=1, amount=Money(amount), voucher=f"PZ{number}", paid_on=date(2026, 1, 2), at=begin)
    assert told()[-1] == ("insurance_bureau", "task", False)
