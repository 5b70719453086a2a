"""Screening: whom it asks, when somebody is raised on enough days, who is at high risk; it enrols nobody."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.followup.asked import DAY, held
from yilianti import policybook
from yilianti.care.followup import screening
from yilianti.care.followup.screening import Reading, Screen
from yilianti.care.followup.terms import Refer, Screened
from yilianti.policybook.places import Place

BORN = date(1986, 1, 1)
CALM = {"sbp": 120, "dbp": 75}


def screen(given: dict[str, object], *earlier: tuple[int, int, int], born_on: date | None = BORN) -> Screen:
    """Earlier ones as (days ago, systolic, diastolic)."""
    before = [Reading(DAY - timedelta(days=ago), {"sbp": sbp, "dbp": dbp}) for ago, sbp, dbp in earlier]
    return screening.screen(held("hypertension"), Reading(DAY, {**CALM, **given}), before, born_on)


def codes(told: Screen) -> set[str]:
    return {finding.code for finding in told.findings}


@pytest.mark.parametrize(("age", "last", "is_due"), [(34, None, False), (35, None, True), (35, date(2025, 12, 31), True), (35, date(2026, 1, 1), False), (80, date(2024, 5, 1), True)])
def test_the_first_visit_of_the_year_measures(age: int, last: date | None, is_due: bool) -> None:
    """§5.1 screening, M."""
    assert screening.is_due(held("hypertension"), DAY, age, last) is is_due


@pytest.mark.parametrize(("given", "verdict"), [
    ({"sbp": 139, "dbp": 75}, Screened.MARKED), ({"sbp": 140}, Screened.RAISED), ({"sbp": 141}, Screened.RAISED), ({"dbp": 89}, Screened.MARKED), ({"dbp": 90}, Screened.RAISED),
    ({"sbp": 129, "dbp": 84}, Screened.NORMAL), ({"sbp": 130}, Screened.MARKED), ({"dbp": 85}, Screened.MARKED),
])  # fmt: skip
def test_the_lines(given: dict[str, object], verdict: Screened) -> None:
    """§5.1 screening and high-risk marks, M."""
    assert screen(given).verdict is verdict


@pytest.mark.parametrize(("given", "mark"), [
    ({"sbp": 130}, "high_normal"), ({"bmi": 24}, "bmi"), ({"bmi": 28}, "bmi"), ({"weight": 69.4, "height": 170}, "bmi"), ({"sex": "1", "waist": 90}, "waist"), ({"sex": "2", "waist": 85}, "waist"),
    ({"family_history": True}, "family"), ({"heavy_drinking": True}, "drinking"), ({"age": 55}, "age"),
])  # fmt: skip
def test_marks_of_high_risk_are_measured_half_yearly(given: dict[str, object], mark: str) -> None:
    told = screen(given, born_on=None if "age" in given else BORN)
    assert told.verdict is Screened.MARKED and f"mark.{mark}" in codes(told) and told.next_on == date(2027, 5, 1)


@pytest.mark.parametrize("given", [{"bmi": 23.9}, {"weight": 69.0, "height": 170}, {"sex": "1", "waist": 89.9}, {"sex": "2", "waist": 84.9}, {"sex": "1", "waist": 85}, {"waist": 95}, {"age": 54}, {"family_history": False}])
def test_just_below_a_mark_is_no_mark(given: dict[str, object]) -> None:
    told = screen(given, born_on=None if "age" in given else BORN)
    assert told.verdict is Screened.NORMAL and told.next_on == date(2027, 1, 1)


def test_three_different_days_make_a_diagnosis_likely() -> None:
    """§5.1 / §1.2 diagnosis on three different days, M."""
    assert screen({"sbp": 150}).verdict is Screened.RAISED
    assert screen({"sbp": 150}, (7, 150, 80)).verdict is Screened.RAISED
    told = screen({"sbp": 150}, (14, 145, 80), (7, 120, 95))
    assert told.verdict is Screened.CONFIRMED and told.check_by == DAY + timedelta(days=14) and len(told.raised_on) == 3


def test_three_times_on_one_day_are_one_day() -> None:
    assert screen({"sbp": 150}, (0, 152, 80), (0, 149, 80)).verdict is Screened.RAISED
    assert screen({"sbp": 150}, (7, 150, 80), (7, 151, 80)).verdict is Screened.RAISED


def test_a_normal_second_measurement_clears_its_day() -> None:
    assert screen({"sbp": 150}, (14, 145, 80), (7, 150, 80), (7, 130, 80)).verdict is Screened.RAISED
    assert screen({"sbp": 125}, (0, 150, 80)).verdict is Screened.NORMAL


@pytest.mark.parametrize(("ago", "verdict"), [(27, Screened.CONFIRMED), (28, Screened.RAISED)])
def test_the_days_lie_within_the_window_of_the_policy(ago: int, verdict: Screened) -> None:
    assert screen({"sbp": 150}, (ago, 145, 80), (7, 150, 80)).verdict is verdict


def test_a_raised_value_says_until_when_to_measure_again() -> None:
    told = screen({"sbp": 150})
    assert told.next_on == DAY + timedelta(days=27) and "screening.raised" in codes(told)
    assert screen({"sbp": 150}, (27, 150, 80)).next_on == DAY + timedelta(days=1)


def test_order_of_readings_does_not_matter() -> None:
    one, other = (14, 145, 80), (7, 150, 80)
    assert screen({"sbp": 150}, one, other) == screen({"sbp": 150}, other, one)


def test_what_is_missing_or_not_plausible_is_said() -> None:
    assert screening.screen(held("hypertension"), Reading(DAY, {"sbp": 120}), (), BORN).verdict is Screened.UNKNOWN
    told = screen({"sbp": 12})
    assert told.verdict is Screened.UNKNOWN and "question.sbp" in codes(told)


def test_whom_nobody_screens() -> None:
    assert screen({"sbp": 150}, born_on=date(1991, 11, 2)).verdict is Screened.NOT_ASKED
    assert screen({"sbp": 150}, born_on=date(1991, 11, 1)).verdict is Screened.RAISED
    assert screening.screen(held("diabetes"), Reading(DAY, {"fasting_glucose": 9})).verdict is Screened.NOT_ASKED
    assert not screening.is_due(held("diabetes"), DAY, 60, None)


def test_values_come_from_the_policy() -> None:
    policybook.open_at(None)
    own = policybook.in_force("clinical.followup.screening_hypertension", DAY, Place())
    assert (own.from_age, own.days, own.window_days, own.mark_months, own.check_days) == (35, 3, 28, 6, 14) and own.raised == "sbp>=140 or dbp>=90"


@pytest.mark.parametrize(("given", "refer"), [({"sbp": 179}, Refer.NONE), ({"sbp": 180}, Refer.URGENT), ({"dbp": 109}, Refer.NONE), ({"dbp": 110}, Refer.URGENT), ({"danger": ["headache"]}, Refer.URGENT)])
def test_danger_at_a_screening_does_not_wait(given: dict[str, object], refer: Refer) -> None:
    """§1.2 first visit, §5.1 danger."""
    told = screen(given)
    assert told.refer is refer and (told.check_by == DAY + timedelta(days=14)) is (refer is Refer.URGENT)
