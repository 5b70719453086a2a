"""The package against the worked sheet, and what is refused."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yilianti import policybook
from yilianti.kernel.finding import Refused
from yilianti.policybook.places import Place
from yilianti.settlement.fund import advance, capitation, package, path, rules
from yilianti.settlement.fund.exact import fen, half_up, points, yuan
from yilianti.settlement.fund.package import Facts, Spending
from yilianti.settlement.fund.rules import AdvanceRule, BaseRule, PathRule
from yilianti.settlement.fund.terms import Base, Pace
from yilianti.settlement.fund.working import Working

CASES = Path(__file__).parent / "cases"
DAY = date(2026, 6, 1)
YUNXI = Place("yunxi", "349901")
EQUAL = PathRule((1,) * 12, 300)


@pytest.fixture(autouse=True)
def shipped() -> None:
    policybook.open_at(None)


def f(written: str) -> int:
    return fen(written, "test")


def sheet() -> list[dict[str, str]]:
    with (CASES / "capitation.csv").open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.parametrize("row", sheet(), ids=lambda row: row["disease"])
def test_chronic_capitation_as_printed(row: dict[str, str]) -> None:
    working = Working()
    found = capitation.top_down(f(row["cost"]), int(row["visits"]), 7, 9_000, 800, f("149") + f(row["exams"]), working)
    assert [yuan(step.result.fen) for step in working.steps] == [row["fund"], row["per_head"], row["standard"]] and found == f(row["standard"])
    if trap := row["per_head_from_rounded_persons"]:
        hundredths = half_up(int(row["visits"]) * 100, 7)
        assert yuan(half_up(f(row["fund"]) * 100, hundredths)) == trap != row["per_head"]


def test_bottom_up_and_by_heads() -> None:
    working = Working()
    assert capitation.bottom_up([f("5000"), f("5100"), f("5200.01")], [f("1500"), f("1500"), f("1500")], f("149"), working) == f("3749.00")
    assert capitation.by_heads(10_000, f("100"), working) == f("1000000")
    with pytest.raises(ValueError, match="same years"):
        capitation.bottom_up([1], [1, 2], 0, working)


SHEET = [
    ("local", "yunxi", Facts(1_000, funding=f("1000000"), risk=f("50000"), catastrophic=f("30000.01")), "873999.99"),
    ("local", "sample-deduction", Facts(1_000, funding=f("1000000"), risk=f("30000"), catastrophic=f("20000")), "950000.00"),
    ("local", "sample-reserves", Facts(1_000, funding=f("1000000"), carried=f("20000"), adjustment=f("7000")), "863000.00"),
    ("area", "441721", Facts(1_000, income=f("418000000.25")), "409640000.25"),
    ("area", "440100", Facts(1_000, paid=(f("100"), f("200"), f("300.01")), growth=550), "211.00"),
    ("area", "440303", Facts(1_000, cohort_paid=f("12.34")), "12.34"),
    ("area", "220100", Facts(1_000, told=f("99.99")), "99.99"),
    ("area", "340123", Facts(1_000, funding=f("100"), risk=f("10"), catastrophic=f("5")), "85.00"),
    ("area", "520502", Facts(1_000, income=f("100"), excluded={"大病保险": f("1"), "医疗救助": f("2"), "一般诊疗费": f("3"), "家庭医生签约服务费": f("4")}), "90.00"),
    ("local", "sample-weighted", Facts(1_000, total=f("1000000"), own=(f("10"), f("20"), f("30")), everybody=(f("100"),) * 3, growth=1_000, excluded={"大病保险": f("40000"), "签约服务费": f("7000"), "体检费": f("3000")}), "203000.00"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "place", "facts", "expected"), SHEET, ids=[one[1] for one in SHEET])
def test_the_base_of_each_place(kind: str, place: str, facts: Facts, expected: str) -> None:
    working = Working()
    rule = rules.base(Place(place) if kind == "local" else Place("", place), DAY)
    assert yuan(package.reckon(rule, facts, working)) == expected
    assert working.steps[0].policy_ref.startswith("settlement.budget.base@") and working.steps[-1].name == "人均"


def test_later_years_are_capped_and_weights_may_be_turned_round() -> None:
    last = BaseRule(Base.LAST)
    facts = Facts(10, last_total=f("1000"), growth=800, fund_growth=600)
    assert package.reckon(last, facts, Working()) == f("1060") and package.reckon(last, replace(facts, growth=200), Working()) == f("1020")
    turned = replace(rules.base(Place("sample-weighted"), DAY), weights=(5_000, 3_000, 2_000))
    assert yuan(package.reckon(turned, SHEET[-1][2], Working())) == "137000.00"


def test_a_reserve_is_kept_back_and_the_amount_a_head_leaves_its_remainder() -> None:
    working = Working()
    assert package.reckon(BaseRule(Base.TOLD, reserve=500), Facts(7, told=f("100.01")), working) == f("95.01")
    head = working.steps[-1]
    assert (yuan(head.result.fen), yuan(head.inputs["尾差"].fen)) == ("13.57", "0.02")


@pytest.mark.parametrize(("rule", "facts", "field"), [
    (BaseRule(Base.REMAINDER, 9_500), Facts(1, funding=100, risk=1), "catastrophic"), (BaseRule(Base.REMAINDER, 9_500), Facts(1, funding=100, risk=60, catastrophic=41), "risk"),
    (BaseRule(Base.DEDUCTION, 9_500), Facts(1, funding=100, risk=3, catastrophic=3), "risk"), (BaseRule(Base.MEAN, years=3), Facts(1, paid=(1, 2), growth=0), "paid"),
    (BaseRule(Base.TOLD), Facts(0, told=1), "persons"), (BaseRule(Base.TOLD), Facts(1, told=1, excluded={"礼金": 1}), "excluded"), (BaseRule(Base.TOLD, excluded=("救助",)), Facts(1, told=1), "excluded.救助"),
    (BaseRule(Base.TOLD, excluded=("救助",)), Facts(1, told=1, excluded={"救助": 2}), "excluded"), (BaseRule(Base.WEIGHTED, weights=(10_000,)), Facts(1, own=(2,), everybody=(1,), total=1, growth=0), "own"),
])  # fmt: skip
def test_what_cannot_be_is_refused_naming_the_field(rule: BaseRule, facts: Facts, field: str) -> None:
    with pytest.raises(Refused) as refusal:
        package.reckon(rule, facts, Working())
    assert refusal.value.field == field and refusal.value.zh and refusal.value.en


def test_a_silent_place_is_refused() -> None:
    for ask in (rules.base, rules.advance):
        with pytest.raises(Refused, match="没有 settlement.budget"):
            ask(Place("", "620102"), DAY)


@pytest.mark.parametrize("written", ["1.001", "-1", "x", "NaN", "1e30", 1.5, True, None, "1e999999", "1.0000000000000000000000000000001", "１２", "1" * 16, Decimal("1E+3"), "1." + "0" * 31])
def test_numbers_are_exact_or_refused(written: object) -> None:
    with pytest.raises(Refused):
        fen(written, "funding")
    with pytest.raises(Refused):
        points(written, "share")


@pytest.mark.parametrize(("written", "amount"), [("0", 0), ("12", 1_200), ("12.3", 1_230), ("12.30", 1_230), ("12.340000", 1_234), ("007.01", 701), (Decimal("12.34"), 1_234), (12, 1_200), ("999999999999999.99", 99_999_999_999_999_999)])
def test_numbers_are_read_as_they_stand(written: object, amount: int) -> None:
    assert fen(written, "funding") == amount


def test_what_is_charged() -> None:
    working = Working()
    assert package.charged(Spending(f("700"), f("50"), f("250.50"), f("20"), f("30.25")), working) == f("950.25")
    assert [step.name for step in working.steps] == ["政策性超支", "总额内支出"]
    with pytest.raises(Refused, match="剔除"):
        package.charged(Spending(1, policy_caused=2), working)


def test_the_advance_by_quarters_with_a_part_held_back() -> None:
    paid, held = advance.instalments(f("1000000.03"), rules.advance(Place("", "520502"), DAY), 2026, Place("", "520502"), Working())
    assert [yuan(one.fen) for one in paid] == ["175000.01", "175000.01", "175000.00", "175000.00"] and yuan(held) == "300000.01"
    assert {one.due_on for one in paid} == {None}


def test_the_advance_falls_due_in_the_first_ten_working_days() -> None:
    paid, held = advance.instalments(f("400"), rules.advance(YUNXI, DAY), 2026, YUNXI, Working())
    assert [one.due_on for one in paid] == [date(2026, 1, 15), date(2026, 4, 15), date(2026, 7, 14), date(2026, 10, 20)] and held == 0


@given(st.integers(0, 10**14), st.integers(0, 10_000), st.sampled_from(Pace))
def test_instalments_and_what_is_held_make_the_package(amount: int, paid: int, pace: Pace) -> None:
    found, held = advance.instalments(amount, AdvanceRule(pace, paid), 2026, YUNXI, Working())
    assert sum(one.fen for one in found) + held == amount and held >= 0 and max(one.fen for one in found) - min(one.fen for one in found) <= 1


def test_a_month_leaves_the_path_once() -> None:
    kept = path.months(f("1200"), [f("100"), f("106"), f("103"), f("103")], EQUAL, Working())
    assert not any(one.above for one in kept)
    left = path.months(f("1200"), [f("100"), f("106.01"), f("103"), f("50"), f("200")], EQUAL, Working())
    assert [one.above for one in left] == [False, True, True, False, True] and [one.leaves for one in left] == [False, True, False, False, True]
    with pytest.raises(Refused, match="12 个"):
        path.months(1, [1] * 13, EQUAL, Working())


def test_the_forecast() -> None:
    found = path.forecast(f("1200"), [f("100"), f("106")], EQUAL, Working())
    assert found and [yuan(one) for one in (found.likely, found.least, found.most)] == ["1236.00", "1206.00", "1266.00"]
    assert path.forecast(f("1200"), [], EQUAL, Working()) is None
    assert rules.path(YUNXI, DAY).months == (1,) * 12


@given(st.integers(1_200, 10**12), st.lists(st.integers(0, 10**11), min_size=1, max_size=12))
def test_the_forecast_lies_in_its_interval_and_ends_at_the_year(amount: int, spent: list[int]) -> None:
    found = path.forecast(amount, spent, EQUAL, Working())
    assert found and found.least - 1 <= found.likely <= found.most + 1
    if len(spent) == 12:
        assert found.likely == found.least == found.most == sum(spent)


def test_public_health_a_head_is_known_or_refused() -> None:
    assert rules.per_head_public_health(YUNXI, 2021)[0] == f("79") and rules.per_head_public_health(YUNXI, 2025)[0] == f("99")
    with pytest.raises(Refused, match="2022"):
        rules.per_head_public_health(YUNXI, 2022)


def test_the_same_run_gives_the_same_bytes() -> None:
    def run() -> str:
        working = Working()
        package.reckon(rules.base(YUNXI, DAY), SHEET[0][2], working)
        return working.canonical()

    assert run() == run()
    first = json.loads(run())[0]
    assert first == {"formula": "（筹资 − 风险基金 − 大病保险）× 比例", "inputs": {"大病保险": "30000.01", "比例": "95.00%", "筹资": "1000000.00", "风险基金": "50000.00"}, "name": "基数", "policy_ref": "settlement.budget.base@2026-01-01#local/yunxi", "result": "873999.99"}
