"""The plain words: money splits exactly, periods are half-open, lifecycles answer."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yilianti.kernel.finding import Refused
from yilianti.kernel.lifecycle import Lifecycle, row
from yilianti.kernel.money import Money
from yilianti.kernel.period import Period
from yilianti.kernel.terms import Term


class Step(Term):
    OPEN = "open", "打开", "open"
    SHUT = "shut", "关上", "shut"


class Door(Term):
    CLOSED = "closed", "关着", "closed"
    OPENED = "opened", "开着", "opened"


DOOR = Lifecycle(
    "门", "closed", Door, Step,
    row("open", "closed", "opened", "anybody", "door.opened"),
    row("shut", "opened", "closed", "anybody", "door.shut"),
)  # fmt: skip


@given(st.integers(0, 10**12), st.lists(st.integers(0, 1000), min_size=1, max_size=9).filter(any))
def test_shares_add_up_to_the_fen(fen: int, weights: list[int]) -> None:
    parts = Money(fen).shared(weights)
    assert sum(p.fen for p in parts) == fen
    assert all(p.fen >= 0 for p in parts)


def test_money_refuses_fractions_of_a_fen() -> None:
    assert str(Money.yuan("1234.50")) == "1,234.50"
    with pytest.raises(ValueError, match="fen"):
        Money.yuan("0.001")


def test_period_is_half_open() -> None:
    year = Period(date(2026, 1, 1), date(2027, 1, 1))
    assert date(2026, 12, 31) in year
    assert date(2027, 1, 1) not in year
    assert not year.overlaps(Period(date(2027, 1, 1)))
    assert year.overlaps(Period(date(2026, 12, 31)))


def test_refusal_names_state_verb_and_way_out() -> None:
    door = SimpleNamespace(state="opened")
    with pytest.raises(Refused) as refusal:
        DOOR.step(door, "open")
    assert refusal.value.zh == "门处于“开着”，不能“打开”；可从“关着”进行。"
    assert DOOR.step(door, "shut").word == "door.shut"
    assert door.state == "closed"


def test_table_answers_about_itself() -> None:
    assert DOOR.unreachable() == set()
    assert DOOR.dead_ends() == set()
    assert "closed --> opened: 打开（anybody）" in DOOR.diagram()
