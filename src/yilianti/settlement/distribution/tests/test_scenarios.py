"""Scenarios of a stored year: bills repriced to the fen, kept with one journal line, nothing of the year touched."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core import serializers
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yilianti.kernel.finding import Refused
from yilianti.kernel.models import JournalEntry
from yilianti.settlement.claims.models import Claim
from yilianti.settlement.distribution import actions, queries, supposed
from yilianti.settlement.distribution.models import Run, RunStep, Scenario, Settlement, Statement, StatementLine
from yilianti.settlement.distribution.simulating.scenario import Scenario as Wanted
from yilianti.settlement.distribution.tests import factories
from yilianti.settlement.distribution.tests.factories import AT

pytestmark = pytest.mark.django_db
#: The line of county hospitals, 500 yuan.
LINE = "settlement.benefit.inpatient.rows.3.deductible"


@pytest.fixture
def scene() -> factories.Scene:
    return factories.scene()


def kept(scene: factories.Scene, settlement: Settlement, **changes: str) -> Scenario:
    return actions.keep(actor=scene.finance, number=settlement.number, name="试一试", changes=changes or {"funding_per_head": "1010"}, assumed={}, at=AT)


def frozen() -> str:
    """Every row of the real year, as text."""
    return "".join(serializers.serialize("json", model.objects.order_by("pk")) for model in (Settlement, Run, RunStep, Statement, StatementLine, Claim))


def test_a_scenario_is_kept_with_one_line_and_the_year_is_left_alone(scene: factories.Scene) -> None:
    settlement = factories.reckoned(scene)
    before = frozen()
    one = kept(scene, settlement)
    assert frozen() == before
    assert one.result["differences"]["totals"]["package"]["difference"] == "9500.00" and one.number.startswith("MN")
    entry = JournalEntry.objects.get(word="distribution.scenario_kept")
    assert (entry.subject, entry.facts["changes"]) == (f"distribution:{settlement.number}", ["funding_per_head"])
    assert json.dumps(one.result)  # plain JSON, no fraction in it


def test_the_base_is_the_year_as_it_was_paid(scene: factories.Scene) -> None:
    settlement = factories.reckoned(scene)
    one = kept(scene, settlement)
    for statement in Statement.objects.filter(settlement=settlement):
        total = one.result["differences"]["members"][statement.institution.code]["total"]
        assert total["was"] == f"{statement.final // 100}.{statement.final % 100:02d}"


def test_a_lower_line_reprices_the_bills_of_the_year(scene: factories.Scene) -> None:
    settlement = factories.reckoned(scene)
    before = frozen()
    one = kept(scene, settlement, **{LINE: "300"})
    # two stays at the county hospital, 200 more above the line at 70 % each; the township's ladder stays
    assert one.result["differences"]["totals"]["charged"]["difference"] == "280.00"
    assert one.result["changes"] == [{"path": LINE, "before": "500", "after": "300", "says": "重新计算 3 笔费用，2 笔不同"}]
    assert one.result["explanation"]["totals"]["charged"] == {"structure": "0.00", "price": "280.00", "management": "0.00", "difference": "280.00"}
    assert one.result["differences"]["members"][scene.budget.claims.people.county.hospital.code]["lines"]["charged"]["difference"] == "280.00"
    assert frozen() == before


def test_a_policy_that_changes_no_bill_changes_no_figure(scene: factories.Scene) -> None:
    settlement = factories.reckoned(scene)
    one = kept(scene, settlement, **{"settlement.benefit.inpatient.rows.6.deductible": "1500"})
    assert one.result["base"] == one.result["scenario"]


def test_who_would_reach_catastrophic_insurance_comes_off_with_everything(scene: factories.Scene) -> None:
    settlement = factories.reckoned(scene)
    spent = sum(Claim.objects.values_list("basic", flat=True))
    one = kept(scene, settlement, **{"settlement.benefit.catastrophic.line": "1"})
    # one person's three bills: from the first yuan of their own they reach catastrophic insurance, and come off by name
    pair = one.result["differences"]["totals"]["charged"]
    assert (pair["was"], pair["would"]) == (f"{spent // 100}.{spent % 100:02d}", "0.00")
    dear = kept(scene, settlement, **{"settlement.benefit.catastrophic.line": "500000"})
    assert dear.result["differences"]["totals"]["charged"]["difference"] == "0.00"


def test_bills_of_the_ledger_stand_behind_the_three_parts(scene: factories.Scene) -> None:
    settlement = factories.reckoned(scene)
    run = queries.latest_run(settlement)
    assert run is not None
    year = supposed.base(run)
    assert sum(one.count for one in year.volumes.values()) == 3 and all(key.member for key in year.volumes)
    parts = supposed.simulated(run, Wanted.of(["outside_share=1"]), AT).parts
    assert parts is not None and sum(parts.totals["charged"].values()) == 0


@pytest.mark.parametrize(("changes", "name", "way"), [
    ({}, "甲", "没有改动"), ({"outside_share": "-2"}, "", "名称"), ({"outside_share": "-2"}, "甲", "县外只有"), ({"settlement.benefit.inpatient.rows.3.deductable": "1"}, "甲", LINE),
])  # fmt: skip
def test_refused(scene: factories.Scene, changes: dict[str, str], name: str, way: str) -> None:
    settlement = factories.reckoned(scene)
    with pytest.raises(Refused) as refusal:
        actions.keep(actor=scene.finance, number=settlement.number, name=name, changes=changes, assumed={}, at=AT)
    assert way in refusal.value.zh and not Scenario.objects.exists() and not JournalEntry.objects.filter(word="distribution.scenario_kept").exists()


def test_more_people_than_a_page_reprices_are_the_commands(scene: factories.Scene) -> None:
    settlement = factories.reckoned(scene)
    with pytest.raises(Refused, match="simulate --settlement"):
        actions.keep(actor=scene.finance, number=settlement.number, name="甲", changes={LINE: "300"}, assumed={}, at=AT, most=0)


def test_who_may_not_simulate(scene: factories.Scene) -> None:
    settlement = factories.reckoned(scene)
    one = kept(scene, settlement)
    for act in (lambda: actions.keep(actor=scene.office, number=settlement.number, name="甲", changes={"score": "1"}, assumed={}, at=AT), lambda: actions.archive(actor=scene.office, number=one.number, at=AT)):
        with pytest.raises(Refused) as refusal:
            act()
        assert refusal.value.code == "not_permitted"
    assert queries.scenarios(scene.office, AT.date()) == [] and queries.scenario(scene.office, one.number, AT.date()) is None


def test_archived_once(scene: factories.Scene) -> None:
    one = kept(scene, factories.reckoned(scene))
    actions.archive(actor=scene.head, number=one.number, at=AT)
    assert queries.scenarios(scene.finance, AT.date()) == [] and queries.scenarios(scene.finance, AT.date(), archived=True) == [one]
    with pytest.raises(Refused) as refusal:
        actions.archive(actor=scene.head, number=one.number, at=AT)
    assert refusal.value.code == "wrong_state"


def test_the_list_asks_as_often_however_long_it_is(scene: factories.Scene) -> None:
    settlement = factories.reckoned(scene)
    counts: list[int] = []
    for _ in range(2):
        kept(scene, settlement)
        with CaptureQueriesContext(connection) as asked:
            rows: list[Any] = queries.scenarios(scene.finance, AT.date())
            assert all(row.settlement.number and row.consortium.name for row in rows)
        counts.append(len(asked))
    assert counts[0] == counts[1]
