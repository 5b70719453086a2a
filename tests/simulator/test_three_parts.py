"""Structure, price and management: worked by hand, and their sum the difference to the fen whatever is changed."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulator import years
from yilianti.settlement.distribution.simulating.compared import Compared, beside, compared
from yilianti.settlement.distribution.simulating.explained import explained
from yilianti.settlement.distribution.simulating.scenario import Scenario
from yilianti.settlement.distribution.simulating.terms import Cause
from yilianti.settlement.fund.api import fen


def other_year() -> dict[str, Any]:
    """Next year: fewer and dearer cases outside, more in the county, one score better, more funding."""
    held = json.loads(json.dumps(years.by_member()))
    held["volumes"] |= {"outside.inpatient": {"count": 25, "amount": "275000"}, "members.H01.inpatient": {"count": 66, "amount": "283800.01"}}
    held["spending"] |= {"outside": "275000", "members": "533800"}
    held["members"]["H01"]["charged"] = "333800.01"
    held["members"]["T01"]["score"] = 95
    held["facts"]["funding"] = "1020000"
    return held


def test_two_years_worked_by_hand() -> None:
    parts = explained(years.year(years.by_member()), years.year(other_year()))
    # outside 25 cases at the old 10 000 = 250 000, then 275 000; H01 66 stays at the old 250 000.01 ÷ 60 = 275 000.01(1), then 283 800.01
    assert parts.totals["charged"] == {Cause.STRUCTURE: fen("275000.01", "") - fen("250000.01", "") - 60_000_00, Cause.PRICE: 25_000_00 + 8_800_00, Cause.MANAGEMENT: 0}
    # the package: 95 % of 20 000 more funding
    assert parts.totals["package"] == {Cause.STRUCTURE: 0, Cause.PRICE: 0, Cause.MANAGEMENT: 19_000_00}
    own = parts.members["H01"]
    # its own spending and 60 % of what the package then keeps, part by part
    assert own[Cause.STRUCTURE] == 25_000_00 + 21_000_00 and sum(own.values()) == 33_800_00 + 12_120_00


def test_a_kind_that_is_new_has_no_old_price() -> None:
    held = other_year()
    held["volumes"] |= {"outside.outpatient": {"count": 10, "amount": "5000"}, "outside.inpatient": {"count": 25, "amount": "270000"}}
    parts = explained(years.year(years.by_member()), years.year(held))
    assert parts.says == ("县外就医的 outpatient 原来没有，按新的费用计入结构",)


def test_without_cases_it_says_what_is_needed() -> None:
    told = compared(years.year(years.EXAMPLE), Scenario.of(["outside_share=-2"])).plain()
    assert told["explanation"] is None and "volumes" in told["explanation_lacks"]


def test_a_step_between_that_cannot_be_reckoned_is_said() -> None:
    held = other_year()
    held["facts"]["funding"], scheme = "1100000", years.SCHEME.replace('overspend_by = "heads"\n', 'overspend_by = "workload"\n')
    held["volumes"]["outside.inpatient"] = {"count": 45, "amount": "350000"}
    held["spending"]["outside"] = "350000"
    told = beside(years.year(years.by_member(), scheme), years.year(held, scheme))
    assert told.parts is None and told.silence.startswith("分成三部分时，中间一步算不出：")


def sums(told: Compared) -> None:
    """Three parts are the difference, for every member and every total; every split is whole."""
    plain = told.plain()
    assert plain["explanation"] is not None, plain["explanation_lacks"]
    for part in ("members", "totals"):
        for name, held in plain["explanation"][part].items():
            pair = plain["differences"][part][name]
            wanted = pair["total"]["difference"] if part == "members" else pair["difference"]
            assert held["difference"] == wanted
            assert sum(_fen(held[str(cause)]) for cause in Cause) == _fen(wanted)
    totals = told.would.totals
    assert totals["package"] - totals["charged"] == totals["fund"] + totals["consortium"] and totals["consortium"] == totals["members"] + totals["unshared"]


def _fen(text: str) -> int:
    return -fen(text[1:], "") if text.startswith("-") else fen(text, "")


def test_two_years_sum() -> None:
    sums(beside(years.year(years.by_member()), years.year(other_year())))


points = st.integers(-500, 500).map(lambda basis: f"{basis / 100:+.2f}")
amounts = st.integers(80_000_000, 120_000_000).map(lambda cents: f"{cents // 100}.{cents % 100:02d}")


@settings(max_examples=60, deadline=None)
@given(share=points, cost=st.integers(50, 130), outside=points, weight=st.integers(1, 9), score=st.integers(60, 100), funding=amounts, members=points, split=st.booleans())
def test_whatever_is_changed_the_parts_make_the_difference(share: str, cost: int, outside: str, weight: int, score: int, funding: str, members: str, split: bool) -> None:
    changes = [f"outside_share={share}", f"spending.outside={outside}%", f"spending.members={members}%", f"distribution.inner.weights.县级={weight}", f"members.T01.score={score}", f"facts.funding={funding}"]
    assume = [f"returned_cost={cost}%"] if share.startswith("-") else []
    sums(compared(years.year(years.by_member() if split else years.with_volumes()), Scenario.of(changes, assume)))


@settings(max_examples=30, deadline=None)
@given(st.permutations(["outside_share=-1.25", "distribution.inner.weights.乡镇=4", "members.T02.score=99", "funding_per_head=990"]))
def test_order_of_changes_of_different_things_changes_nothing(changes: list[str]) -> None:
    base = years.year(years.by_member())
    assert compared(base, Scenario.of(changes)).plain()["differences"] == compared(base, Scenario.of(sorted(changes))).plain()["differences"]
