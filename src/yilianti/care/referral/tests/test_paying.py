"""What the resident pays: each row of the tables, at, below and above each limit."""

from __future__ import annotations

from datetime import date
from itertools import product
from typing import Any

import pytest

from yilianti import policybook
from yilianti.care.referral.rules import paying
from yilianti.kernel.actor import Scope
from yilianti.kernel.money import Money

DAY = date(2026, 11, 26)
ANHUI, YUNXI, BENGBU, CHANGSHA = Scope("", "349921"), Scope("yunxi", "349921"), Scope("", "340302"), Scope("", "430104")


def told(scope: Scope, name: str = "payment_estimate") -> Any:
    policybook.open_at(None)
    return policybook.in_force(f"clinical.referral.{name}", DAY, scope)


def asked(yuan: str, *, to: str = "county", place: str = "in_area", referred: bool = True, sender: str = "township", scope: Scope = ANHUI, **more: Any) -> paying.Estimate:
    found = paying.estimate(from_level=sender, to_level=to, place=place, with_referral=referred, amount=Money.yuan(yuan), policy=told(scope), **more)
    assert found is not None
    assert found.fund_pays + found.resident_pays == found.amount
    return found


@pytest.mark.parametrize(
    ("to", "place", "referred", "yuan", "resident"),
    [
        # clinical.md §1.9, Anhui in-area [M]: 200/85, 500/80, 700/75, 1000/70
        ("township", "in_area", True, "2000", "470.00"), ("county", "in_area", True, "2000", "800.00"), ("city", "in_area", True, "2000", "1,025.00"),
        ("province", "in_area", True, "2000", "1,300.00"), ("county", "in_area", False, "2000", "800.00"),
        # a bill below, at and just above the deductible
        ("county", "in_area", True, "499.99", "499.99"), ("county", "in_area", True, "500", "500.00"), ("county", "in_area", True, "500.01", "500.01"),
        ("county", "in_area", True, "501", "500.20"),
        # another city [M]: deductible ×2, −5 points; −10 more without referral
        ("city", "other_city", True, "10000", "3,980.00"), ("city", "other_city", False, "10000", "4,840.00"), ("city", "other_city", False, "1400", "1,400.00"),
        # outside the province [M]: 20 % of the bill, at least 2,000, at most 10,000; −10 / −20 points
        ("city", "other_province", True, "1999", "1,999.00"), ("city", "other_province", True, "9999", "4,799.65"), ("city", "other_province", True, "10000", "4,800.00"),
        ("city", "other_province", True, "10010", "4,804.80"), ("city", "other_province", True, "50000", "24,000.00"), ("city", "other_province", True, "50010", "24,003.50"),
        ("city", "other_province", True, "100000", "41,500.00"), ("city", "other_province", False, "10000", "5,600.00"), ("city", "other_province", False, "100000", "50,500.00"),
    ],
)  # fmt: skip
def test_anhui_table(to: str, place: str, referred: bool, yuan: str, resident: str) -> None:
    assert str(asked(yuan, to=to, place=place, referred=referred).resident_pays) == resident


@pytest.mark.parametrize(("to", "resident"), [("township", "470.00"), ("county", "800.00"), ("city", "1,160.00"), ("province", "1,480.00")])
def test_bengbu_table_and_its_silence_outside(to: str, resident: str) -> None:
    assert str(asked("2000", to=to, scope=BENGBU).resident_pays) == resident
    outside = paying.estimate(from_level="county", to_level=to, place="other_city", with_referral=True, amount=Money.yuan(2000), policy=told(BENGBU))
    assert outside is None, "the ratio outside the city has no source"


@pytest.mark.parametrize(("over", "bonus"), [("9999", "299.97"), ("10000", "300.00"), ("10001", "300.00"), ("0", "0.00")])
@pytest.mark.parametrize(("sender", "to"), [("township", "county"), ("county", "township")])
def test_changsha_bonus_stops_at_ten_thousand(over: str, bonus: str, sender: str, to: str) -> None:
    deductible = Money.yuan(500 if to == "county" else 200)
    bill = deductible + Money.yuan(over)
    benefit = told(CHANGSHA, "payment_benefit")
    plain = asked(str(bill).replace(",", ""), sender=sender, to=to)
    better = asked(str(bill).replace(",", ""), sender=sender, to=to, benefit=benefit)
    assert str(plain.resident_pays - better.resident_pays) == bonus
    other = "lower_waived" if to == "county" else "upper_waived"
    assert other in {line.code for line in better.lines}, "the other stay's deductible is said"


def test_benefit_needs_the_referral_and_the_area() -> None:
    benefit = told(YUNXI, "payment_benefit")
    assert asked("5000", referred=False, benefit=benefit) == asked("5000", referred=False)
    assert asked("5000", place="other_city", benefit=benefit) == asked("5000", place="other_city")
    assert asked("5000", sender="county", to="county", benefit=benefit) == asked("5000", sender="county", to="county"), "sideways earns nothing"


@pytest.mark.parametrize(("sender", "to", "deductible"), [("township", "county", "300.00"), ("county", "township", "0.00"), ("county", "county", "500.00"), ("county", "city", "200.00")])
def test_continuous_deductible_where_confirmed(sender: str, to: str, deductible: str) -> None:
    assert told(ANHUI, "continuous_deductible").is_on is False, "[K]: silent until a county confirms it"
    assert str(asked("5000", sender=sender, to=to, continuous=True).deductible) == deductible
    assert asked("5000", sender=sender, to=to, continuous=True, referred=False) == asked("5000", sender=sender, to=to, referred=False)


def test_parts_add_up_for_every_bill() -> None:
    benefit = told(YUNXI, "payment_benefit")
    for fen, place, referred in product((1, 33, 49_999, 50_001, 123_457, 999_999, 10_000_001), ("in_area", "other_city", "other_province"), (True, False)):
        found = paying.estimate(from_level="township", to_level="city", place=place, with_referral=referred, amount=Money(fen), policy=told(ANHUI), benefit=benefit)
        assert found is not None and found.fund_pays + found.resident_pays == Money(fen)
        assert Money(0) <= found.fund_pays < Money(fen)


@pytest.mark.parametrize(
    ("here", "there", "place"),
    [("349921", "349921", "in_area"), ("349921", "349900", "in_area"), ("349921", "340000", "in_area"), ("349921", "341100", "other_city"), ("349921", "430104", "other_province"), ("", "349921", None), ("349921", "", None)],
)  # fmt: skip
def test_place_comes_from_the_area_codes(here: str, there: str, place: str | None) -> None:
    assert paying.place_of(here, there, 4) == place


def test_no_amount_and_unknown_level_give_no_estimate() -> None:
    for to, fen in (("county", 0), ("moon", 100)):
        assert paying.estimate(from_level="village", to_level=to, place="in_area", with_referral=True, amount=Money(fen), policy=told(ANHUI)) is None
