"""Heaped values: the closed forms against scipy, questions where values are made up, silence where they are measured."""

from __future__ import annotations

import random
from functools import lru_cache

import pytest
from scipy import stats

from tests.followup.asked import DAY
from yilianti import policybook
from yilianti.care.followup import heaping
from yilianti.policybook.places import Place


@lru_cache
def policy() -> policybook.Edition:
    policybook.open_at(None)
    return policybook.in_force("clinical.followup.heaping", DAY, Place())


def measured(seed: int, size: int = 1000, mean: float = 138) -> list[int]:
    chance = random.Random(seed)
    return [round(chance.gauss(mean, 16)) for _ in range(size)]


@pytest.mark.parametrize("by", [1, 2])
@pytest.mark.parametrize("seed", range(5))
def test_the_chi_square_is_that_of_scipy(seed: int, by: int) -> None:
    values = [value for value in measured(seed, 400) if value % by == 0]
    own = heaping.last_digits(values, by)
    other = stats.chisquare(own.counts[::by])
    assert own.chi_square == pytest.approx(other.statistic) and own.probability == pytest.approx(other.pvalue)


def test_far_tails_stay_probabilities() -> None:
    assert heaping.last_digits([140] * 500).probability == pytest.approx(stats.chi2.sf(4500, 9), abs=1e-300)
    assert heaping.last_digits([]).probability == 1.0


def test_by_hand() -> None:
    """Twenty values, all ending in 0: expected 2 each; (20-2)²/2 + 9 × 2 = 180."""
    own = heaping.last_digits([130] * 20)
    assert own.chi_square == 180 and own.expected == 2 and own.counts[0] == 20


def test_an_instrument_read_in_twos() -> None:
    own = heaping.last_digits([120, 122, 124, 126, 128, 131], by=2)
    assert own.odd == 1 and own.expected == 1 and own.chi_square == 0 and own.probability == 1


@pytest.mark.parametrize("mean", [128, 138, 148])
def test_measured_values_raise_no_question(mean: float) -> None:
    asked = [finding for seed in range(40) for finding in heaping.asked(measured(seed, 600, mean), 140, policy())]
    assert asked == []


def test_rounding_to_ten_is_asked_about_as_digits_and_not_as_heaping() -> None:
    codes = {finding.code for finding in heaping.asked([round(value / 10) * 10 for value in measured(1)], 140, policy())}
    assert codes == {"heaping.last_digits"}


def test_values_pressed_under_the_threshold_are_asked_about() -> None:
    """Every other value from 140 to 149 written as 138 or 136."""
    chance = random.Random(7)
    values = [chance.choice([136, 138, value]) if 140 <= value < 150 else value for value in measured(2)]
    found = {finding.code: finding for finding in heaping.asked(values, 140, policy())}
    assert "heaping.just_under" in found and found["heaping.just_under"].severity == "info" and "请了解" in found["heaping.just_under"].sentence


def test_too_few_values_are_not_asked_about() -> None:
    least = policy().least
    assert heaping.asked([138] * (least - 1), 140, policy()) == []
    assert {finding.code for finding in heaping.asked([138] * least, 140, policy())} == {"heaping.last_digits"}, "too few beside it to speak of the threshold"


def test_odd_readings_of_a_column_are_asked_about() -> None:
    values = [value - value % 2 for value in measured(3)]
    assert heaping.asked(values, 140, policy(), by=2) == []
    assert "heaping.odd" in {finding.code for finding in heaping.asked([*values[:-1], 141], 140, policy(), by=2)}
