"""Every ladder and formula that carries numbers, against sheets worked by hand from the printed rule, exact to the fen."""

from __future__ import annotations

import ast
import csv
import json
import operator
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from tests.claims.random_claims import HOME
from yilianti import policybook
from yilianti.settlement.claims.pricing import Trace, making, price, reading, telling
from yilianti.settlement.claims.pricing.terms import Step
from yilianti.settlement.claims.pricing.trace import yuan

SHEETS = sorted((Path(__file__).parent / "cases").rglob("*.csv"))
_LISTS, _WHOLE, _YES = {"groups"}, {"grade", "diseases"}, {"signed"}
_SUMS: dict[type, Any] = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}


def rows(sheet: Path) -> list[dict[str, str]]:
    with sheet.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def cases(folder: str) -> Iterator[Any]:
    for sheet in (one for one in SHEETS if one.parent.name == folder):
        for case, group in groupby(rows(sheet), key=lambda row: row["case"]):
            yield pytest.param(list(group), id=f"{sheet.stem}-{case}")


def claim(row: dict[str, str]) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for name, cell in row.items():
        if not cell or name in ("case", "worked") or name.startswith("expect_"):
            continue
        if name.startswith("settled_"):
            given.setdefault("settled", {})[name.removeprefix("settled_")] = cell
        else:
            given[name] = cell.split() if name in _LISTS else int(cell) if name in _WHOLE else cell == "yes" if name in _YES else cell
    return given


@pytest.fixture(autouse=True)
def trial() -> Iterator[None]:
    """The invented place of all rules beside the shipped ones."""
    policybook.open_at(HOME)
    yield
    policybook.open_at(None)


def priced(claims: Any) -> list[dict[str, Any]]:
    return telling.told(reading.read(json.dumps(claims)), {})


@pytest.mark.parametrize("case", cases("cases"))
def test_price_is_as_worked_by_hand(case: list[dict[str, str]]) -> None:
    for row, found in zip(case, priced([claim(row) for row in case]), strict=True):
        for name, expected in row.items():
            if name.startswith("expect_") and expected:
                assert found["amounts"][name.removeprefix("expect_")] == expected, (row["id"], name, [step["zh"] for step in found["steps"]])


@pytest.mark.parametrize("case", cases("deductible"))
def test_deductible_is_as_worked_by_hand(case: list[dict[str, str]]) -> None:
    """Where a source has deductibles without ratios: nothing is paid, but the deductible is reckoned, stay after stay."""
    ready = making.made(reading.read(json.dumps([claim(row) for row in case])))
    traces = [Trace() for _ in case]
    found = price(ready.block, [one.benefit for one in ready.holdings], traces)
    for row, trace in zip(case, traces, strict=True):
        paid = [said for said in trace.said if said.step is Step.DEDUCTIBLE][-1]
        assert yuan(paid.fen) == row["expect_deductible"], (row["id"], [said.zh for said in trace.said])
    assert not found.basic.any()


def reckoned(node: ast.expr) -> Decimal:
    if isinstance(node, ast.BinOp):
        return Decimal(_SUMS[type(node.op)](reckoned(node.left), reckoned(node.right)))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return {"min": min, "max": max}[node.func.id](reckoned(one) for one in node.args)
    assert isinstance(node, ast.Constant), ast.dump(node)
    return Decimal(str(node.value))


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.stem)
def test_every_sheet_adds_up(sheet: Path) -> None:
    """Each line of working, reckoned again; and what it says of a result stands in the row's expectation."""
    for row in rows(sheet):
        assert row["worked"], row["id"]
        for line in row["worked"].split(";"):
            name, _, rest = line.partition(":")
            formula, _, result = rest.partition(" = ")
            by_hand = sum((reckoned(ast.parse(part.strip(), mode="eval").body).quantize(Decimal("0.01"), ROUND_HALF_UP) for part in formula.split(" & ")), Decimal())
            assert by_hand == Decimal(result), (row["id"], line)
            expected = row.get(f"expect_{name.strip()}")
            assert not expected or Decimal(expected) == by_hand, (row["id"], name)
