"""No float on any path to money: read from the syntax trees of both rooms; and splitting, whatever is split."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.architecture.house import SOURCE, shown
from yilianti.kernel.finding import Refused
from yilianti.settlement.fund.exact import half_up
from yilianti.settlement.fund.splitting import said, split

FILES = sorted(path for room in ("fund", "budget", "distribution") for path in (SOURCE / "settlement" / room).rglob("*.py") if "tests" not in path.parts)
WEIGHTS = st.dictionaries(st.sampled_from("甲乙丙丁戊己"), st.integers(0, 10**9), min_size=1).filter(lambda one: any(one.values()))


def inexact(source: str) -> list[str]:
    """What would let a binary fraction in."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, float | complex):
            found.append(f"{node.lineno}: {node.value}")
        if isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div):
            found.append(f"{node.lineno}: /")
        if isinstance(node, ast.Name) and node.id in ("float", "round", "truediv"):
            found.append(f"{node.lineno}: {node.id}")
        if isinstance(node, ast.Import | ast.ImportFrom) and {(getattr(node, "module", "") or "").split(".")[0], *(one.name.split(".")[0] for one in node.names)} & {"math", "statistics", "numpy", "truediv"}:
            found.append(f"{node.lineno}: import")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("loads", "load") and "parse_float" not in {one.arg for one in node.keywords}:
            found.append(f"{node.lineno}: read without Decimal")
    return found


@pytest.mark.parametrize("path", FILES, ids=shown)
def test_no_float_is_on_a_path_to_money(path) -> None:
    assert inexact(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("source", ["x = 0.5", "x = a / b", "a /= 2", "float(a)", "round(a)", "import math", "from math import floor", "json.loads(text)", "json.loads(text, parse_int=Decimal)", "tomllib.loads(text)"])
def test_the_law_itself_can_fail(source: str) -> None:
    assert inexact(source)


@given(st.integers(-10**15, 10**15), WEIGHTS)
def test_parts_make_the_whole_and_nobody_is_on_the_wrong_side(amount: int, weights: dict[str, int]) -> None:
    parts = split(amount, weights)
    assert sum(parts.values()) == amount and all(one * amount >= 0 for one in parts.values())
    assert all(weights[who] or not one for who, one in parts.items())
    assert parts == split(amount, dict(reversed(weights.items()))) == {who: -one for who, one in split(-amount, weights).items()}
    total = sum(weights.values())
    assert all(abs(abs(one) * total - abs(amount) * weights[who]) < total for who, one in parts.items())


@given(st.integers(0, 10**15), WEIGHTS, st.data())
def test_the_named_party_takes_the_rest(amount: int, weights: dict[str, int], data: st.DataObject) -> None:
    named = data.draw(st.sampled_from(sorted(weights)))
    parts = split(amount, weights, named)
    assert sum(parts.values()) == amount
    assert all(one == amount * weights[who] // sum(weights.values()) for who, one in parts.items() if who != named)


@given(st.integers(0, 10**15), WEIGHTS, st.integers(1, 10**9), st.data())
def test_a_heavier_party_never_gets_less(amount: int, weights: dict[str, int], more: int, data: st.DataObject) -> None:
    who = data.draw(st.sampled_from(sorted(weights)))
    assert split(amount, {**weights, who: weights[who] + more})[who] >= split(amount, weights)[who]


@pytest.mark.parametrize(("weights", "rest_to"), [({}, ""), ({"甲": 0}, ""), ({"甲": 2, "乙": -1}, ""), ({"甲": 1}, "乙")])
def test_what_cannot_be_split_is_refused(weights: dict[str, int], rest_to: str) -> None:
    with pytest.raises(Refused):
        split(1, weights, rest_to)


def test_the_rule_of_the_remainder_is_said() -> None:
    assert "余数" in said() and said("甲").endswith("甲")


@pytest.mark.parametrize(("top", "bottom", "found"), [(5, 10, 1), (-5, 10, -1), (4, 10, 0), (-4, 10, 0), (15, 10, 2), (0, 3, 0)])
def test_a_half_goes_away_from_zero(top: int, bottom: int, found: int) -> None:
    assert half_up(top, bottom) == found
