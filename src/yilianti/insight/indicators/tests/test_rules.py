"""Figures in numbers and words."""

from decimal import Decimal

import pytest

from yilianti.insight.indicators import rules


def test_nothing_divides_by_zero() -> None:
    assert rules.share_of(0, 0) is None
    assert rules.share_of(0, 5) == Decimal("0.0")


@pytest.mark.parametrize(("numerator", "denominator", "share"), [(25941, 28563, "90.8"), (535, 754, "71.0"), (1, 3, "33.3"), (1, 2000, "0.1"), (7, 7, "100.0")])
def test_a_share_is_exact_to_its_last_place(numerator: int, denominator: int, share: str) -> None:
    assert str(rules.share_of(numerator, denominator)) == share


@pytest.mark.parametrize(
    ("seconds", "words"),
    [("0.0", "0 秒"), ("59.4", "59 秒"), ("60", "1 分"), ("200", "3 分 20 秒"), ("8040.5", "2 小时 14 分"), ("7200", "2 小时"), ("100800", "1 天 4 小时")],
)
def test_a_duration_in_words(seconds: str, words: str) -> None:
    assert rules.duration(Decimal(seconds)) == words


def test_bars_of_a_trend() -> None:
    assert rules.heights([None, Decimal(50), Decimal(100), Decimal("0.1")], 26) == [0, 13, 26, 1]
    assert rules.heights([None, None], 26) == [0, 0]
    assert rules.heights([Decimal(0)], 26) == [1]
