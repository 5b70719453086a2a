"""DIP scores by tables: the demonstration catalogue, catalogues at random, and the slow reading of the same tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.dip import reference
from yilianti.settlement.claims.weighing import dip
from yilianti.settlement.claims.weighing.dip.spelling import shown

DEMO = Path(__file__).parents[2] / "demo/dip_tables"


def engine() -> dip.Engine:
    return dip.Engine(dip.read_folder(DEMO, "demo"))


#: By hand: 1850 × 1.08 × 1.05; 3200.5 + 40.5; 650 × 1.12 × 1.25; a group for angiography *only*.
CASES: list[tuple[dict[str, Any], str, str]] = [
    ({"age": 82, "dx": ("I21.900", "N18.900"), "op": ("36.0600", "88.5600")}, "S0001", "2097.9000"), ({"age": 60, "los": 2, "discharge": "5", "dx": ("I21.000",), "op": ("36.0700", "37.6100")}, "S0002", "3241.0000"),
    ({"age": 60, "dx": ("I21.900",), "op": ("88.5600",)}, "S0003", "620.0000"), ({"age": 60, "dx": ("I21.900",), "op": ("88.5600", "45.1300")}, "Z22", "340.0000"),
    ({"age": 60, "dx": ("I21.000",), "op": ("99.9999",)}, "S0004", "480.0000"), ({"age": 5, "dx": ("J18.900", "J96.000"), "op": ("96.7100",)}, "Z33", "910.0000"),
    ({"age": 60, "dx": ("K80.200",), "op": ("45.1300", "51.2300")}, "Z44", "760.0000"),
]  # fmt: skip


@pytest.mark.parametrize(("of", "group", "score"), CASES)
def test_scores_worked_by_hand(of: Mapping[str, Any], group: str, score: str) -> None:
    found = engine().one(dip.Stay("1", 1, **of))
    assert (found.group, shown(found.score)) == (group, score)


@pytest.mark.parametrize("auxiliary", ["all", "highest"])
@pytest.mark.parametrize("prefer", [("operations", "diagnosis", "score"), ("score", "operations", "diagnosis"), ("diagnosis", "score", "operations")])
def test_stays_at_random_agree_with_the_slow_reading(auxiliary: str, prefer: tuple[str, ...]) -> None:
    chance = Random(3)
    plain = dip.read_folder(DEMO, "demo")
    codes = [row["code"] for row in plain.tables["icd10_yibao"]]
    ops = [row["code"] for row in plain.tables["operations"]]
    core = []
    for number in range(120):
        spelled = {chance.choice(codes)[: chance.choice((3, 5, 7))] for _ in range(2)}
        ways = ["+".join(chance.sample(ops, k=chance.randint(1, 3))) for _ in range(chance.randint(0, 3))]
        core.append({"code": f"R{number:03d}", "name": "", "dx": "|".join(sorted(spelled)), "ops": "|".join(ways), "only": chance.choice(("", "1")), "score": f"{chance.randint(1, 900)}.{chance.randint(0, 9999):04d}"})
    scheme = replace(plain, prefer=prefer, auxiliary=auxiliary, tables={**plain.tables, "core": tuple(core)})
    stays = [reference.stay_at_random(scheme, chance, number) for number in range(1500)]
    found = dip.Engine(scheme).many(stays)
    assert [(one.group, shown(one.score)) for one in found] == [(group, f"{score:.4f}") for group, score in (reference.scored(scheme, stay) for stay in stays)]
    assert len({one.group for one in found}) > 40


@pytest.mark.parametrize(("of", "status"), [({}, dip.Status.NO_DIAGNOSIS), ({"dx": ("Q18.900",)}, dip.Status.UNKNOWN_DIAGNOSIS)])
def test_a_stay_that_is_nowhere_says_why(of: Mapping[str, Any], status: dip.Status) -> None:
    assert engine().one(dip.Stay("1", 1, 40, **of)) == dip.Scored(status)


def test_a_diagnosis_that_no_group_takes_in() -> None:
    plain = dip.read_folder(DEMO, "demo")
    rows = tuple(row for row in plain.tables["composite"] if row["dx"] != "N00-N99")
    made = dip.Engine(replace(plain, tables={**plain.tables, "composite": rows}))
    assert made.one(dip.Stay("1", 1, 40, dx=("N18.900",))).status is dip.Status.NOWHERE and made.without_composite() == ["N18.900"]


def test_what_cannot_be_judged_is_said() -> None:
    found = engine().one(dip.Stay("1", 1, dx=("J18.900",)))
    assert (found.group, found.counted, found.unjudged) == ("S0005", (), ("AGE1", "AGE2"))


def test_why_and_what_would_have_changed_it() -> None:
    stay = dip.Stay("1", 1, 82, dx=("I21.900", "N18.900"), op=("36.0600", "88.5600"))
    told = dip.why(engine(), stay)
    assert [step.code for step in told.steps if step.held] == ["S0001", "AGE2", "CCI1"]
    assert any(step.code == "S0002" and "病案没有 37.61" in step.said for step in told.steps)
    changes = {other.scored.group: other.change for other in dip.alternatives(engine(), stay)}
    assert changes["S0003"] == "若没有手术 36.0600" and changes["Z53"] == "若主要诊断是 N18.900（现列第 2）"
    assert all("若有" not in change for change in changes.values())
