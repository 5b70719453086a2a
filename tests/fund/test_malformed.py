"""Whatever stands in a scheme or in the inputs: an answer or a refusal that names a field, never a fault of ours."""

from __future__ import annotations

import json
import random
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.house import ROOT
from yilianti import policybook
from yilianti.kernel.finding import Refused
from yilianti.settlement.distribution.engine import evaluate
from yilianti.settlement.distribution.inputs import Inputs
from yilianti.settlement.distribution.scheme import Scheme

FOLDERS = sorted(path for path in (ROOT / "examples/settlement").iterdir() if path.is_dir())
ODD: list[Any] = ["", "x", "-1", "1e5", "999999999999999", "0", "101%", "-5%", "NaN", "none", 0, -1, 10**40, True, 0.5, [], {}, ["1"], {"a": "1"}, [{"a": 1}], "县级"]


@pytest.fixture(autouse=True)
def shipped() -> None:
    policybook.open_at(None)


def ways(held: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place inside a JSON value."""
    for key, one in held.items() if isinstance(held, dict) else enumerate(held) if isinstance(held, list) else ():
        yield (*way, key)
        yield from ways(one, (*way, key))


def put(held: Any, way: tuple[Any, ...], odd: Any, by: random.Random) -> Any:
    """A copy with something odd at that place, gone, or twice under a name nobody knows."""
    copy = json.loads(json.dumps(held))
    at = copy
    for key in way[:-1]:
        at = at[key]
    match by.randrange(4):
        case 0:
            del at[way[-1]]
        case 1 if isinstance(at, dict):
            at[f"{way[-1]}甲"] = at.pop(way[-1])
        case _:
            at[way[-1]] = odd
    return copy


def toml(held: dict[str, Any]) -> str:
    """The scheme as TOML again, sections inline."""
    lines = [f"{json.dumps(key, ensure_ascii=False)} = {inline(one)}" for key, one in held.items()]
    return "\n".join(lines)


def inline(held: Any) -> str:
    if isinstance(held, dict):
        return "{ " + ", ".join(f"{json.dumps(key, ensure_ascii=False)} = {inline(one)}" for key, one in held.items()) + " }"
    if isinstance(held, list):
        return "[" + ", ".join(inline(one) for one in held) + "]"
    return json.dumps(held, ensure_ascii=False)


def answer(scheme: str, inputs: str) -> str:
    """Bytes, or the field that was refused."""
    try:
        return evaluate(Scheme.of_text(scheme, "odd"), Inputs.of_text(inputs)).canonical()
    except Refused as refusal:
        assert refusal.zh and refusal.en and refusal.field
        return f"refused {refusal.field}"


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_an_odd_value_is_answered_or_refused(folder: Path) -> None:
    by = random.Random(folder.name)
    scheme = tomllib.loads((folder / "scheme.toml").read_text(encoding="utf-8"), parse_float=Decimal)
    inputs = json.loads((folder / "inputs.json").read_text(encoding="utf-8"), parse_float=str)
    assert answer(toml(scheme), json.dumps(inputs)) + "\n" == (folder / "expected.json").read_text(encoding="utf-8")
    refused = 0
    for held, other in ((scheme, None), (inputs, scheme)):
        every = list(ways(held))
        for _ in range(120):
            odd = put(held, by.choice(every), by.choice(ODD), by)
            told = answer(toml(odd), json.dumps(inputs)) if other is None else answer(toml(other), json.dumps(odd))
            refused += told.startswith("refused")
    assert refused > 60
