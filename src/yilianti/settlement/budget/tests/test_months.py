"""Months in their order, the path, the clock, and editions of what counts, value by value."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from yilianti.kernel.finding import Refused
from yilianti.kernel.journal import history
from yilianti.settlement.budget import actions, rules, year
from yilianti.settlement.budget.terms import Fund
from yilianti.settlement.budget.tests import factories

pytestmark = pytest.mark.django_db


def test_months_in_their_order(at: datetime) -> None:
    scene = factories.scene(at)
    package = factories.drafted(scene, at)
    give = {"actor": scene.finance, "number": package.number}
    with pytest.raises(Refused) as refusal:
        actions.reckon_month(**give, month=date(2026, 1, 1), at=at)
    assert refusal.value.code == "wrong_state"
    actions.fix(actor=scene.bureau, number=package.number, resolution="决议", at=at)
    for month, code in ((date(2026, 2, 1), "month_before_missing"), (date(2026, 11, 1), "month_not_over"), (date(2025, 12, 1), "wrong_year"), (date(2026, 1, 2), "wrong_year")):
        with pytest.raises(Refused) as refusal:
            actions.reckon_month(**give, month=month, at=at)
        assert (refusal.value.code, refusal.value.field) == (code, "month")
    factories.reckoned(scene, package, at, 1, 2)
    with pytest.raises(Refused, match="不再重算"):
        factories.reckoned(scene, package, at, 1)
    actions.close(actor=scene.finance, number=package.number, settlement="QS1", at=at)
    with pytest.raises(Refused, match="已清算"):
        factories.reckoned(scene, package, at, 3)
    assert [entry.word for entry in history(f"budget:{package.number}")] == ["budget.drafted", "budget.fixed", "budget.reckoned", "budget.reckoned", "budget.closed"]


def test_a_month_that_leaves_the_path_says_so_once(at: datetime) -> None:
    scene = factories.scene(at)
    package = factories.fixed(scene, at, facts={**factories.FACTS, "funding": "200000.00"})
    factories.billed(scene, at, "S1", month=1, total=3_000_000)
    factories.reckoned(scene, package, at, 1, 2)
    january, february = year.reckoned(package)
    assert january.above and january.leaves and february.above and not february.leaves
    assert [entry.word for entry in history(f"budget:{package.number}")][2:] == ["budget.left_path", "budget.reckoned"]
    assert january.likely is not None and january.likely > package.fen and january.least <= january.likely <= january.most
    assert [step["name"] for step in february.working][-1] == "年末预计支出" and any("settlement.budget.charged" in ref for ref in february.policy_refs)


def test_the_clock_reckons_every_month_that_is_over(at: datetime) -> None:
    scene = factories.scene(at)
    package = factories.fixed(scene, at)
    factories.fixed(scene, at, fund="public_health", year=2025, facts={"persons": 1000})
    assert actions.reckon_due(at=at.replace(month=3, day=4)) == 1 and actions.reckon_due(at=at.replace(month=3, day=5)) == 1
    assert [one.month.month for one in year.reckoned(package)] == [1, 2]
    assert actions.reckon_due(at=at) == 8 and actions.reckon_due(at=at) == 0


def test_public_health_has_no_months(at: datetime) -> None:
    scene = factories.scene(at)
    package = factories.fixed(scene, at, fund="public_health", year=2025, facts={"persons": 1000})
    assert package.fen == 1000 * package.a_head
    with pytest.raises(Refused, match="没有月度核算"):
        factories.reckoned(scene, package, at, 1)


def test_a_month_not_over_by_an_hour() -> None:
    assert rules.why_not_month(date(2026, 1, 1), 2026, None, date(2026, 1, 31)) is not None
    assert rules.why_not_month(date(2026, 1, 1), 2026, None, date(2026, 2, 1)) is None
    assert rules.prefix_of("340100000000") == "3401" and rules.prefix_of("530921") == "530921" and rules.prefix_of("") == ""


@pytest.mark.parametrize(("values", "field"), [
    ({"counts": []}, "counts"), ({"counts": ["basic", "basic"]}, "counts"), ({"counts": ["gift"]}, "counts"), ({"amount": "guessed"}, "amount"), ({"amount": {"employee": "insured"}}, "amount"),
    ({"catastrophic_persons": "maybe"}, "catastrophic_persons"), ({"purchased": ""}, "purchased"), ({"reckoned_from_day": 31}, "reckoned_from_day"),
])  # fmt: skip
def test_a_faulty_edition_is_refused_at_its_field(values: dict[str, Any], field: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Given(dict[str, Any]):
        policy_ref = "settlement.budget.charged@2026-01-01#试验"

        def __getattr__(self, name: str) -> Any:
            return self[name]

    whole = {"counts": ["basic"], "amount": "priced", "catastrophic_persons": "off", "purchased": "charged"}
    monkeypatch.setattr(rules, "in_force", lambda *_: Given(whole | values))
    with pytest.raises(Refused) as refusal:
        rules.charged(None, date(2026, 12, 31), Fund.RESIDENT)  # type: ignore[arg-type]
    assert refusal.value.field == field and "试验" in refusal.value.zh
    monkeypatch.setattr(rules, "in_force", lambda *_: Given(whole | {"counts": ["basic", "aid"], "amount": {"resident": "insured"}, "purchased": "apart", "catastrophic_persons": "in"}))
    rule = rules.charged(None, date(2026, 12, 31), Fund.RESIDENT)  # type: ignore[arg-type]
    assert (rule.counts, rule.by_insurer, rule.persons_off, rule.purchased, rule.from_day) == (("basic", "aid"), True, False, False, 1)
