"""What is different between two runs of a settlement: what went in, which policies, and what each member gets."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from yilianti.settlement.distribution.models import Run, RunStep


@dataclass(frozen=True)
class Change:
    """One value that was another before; `member` is its code, "" for the whole."""

    member: str
    name: str
    before: Any
    now: Any


def inputs(before: Run, now: Run) -> list[Change]:
    """Values given to the engine that changed, members by their code."""
    old, new = dict(_flat(before.inputs)), dict(_flat(now.inputs))
    return [Change(key[0], key[1], old.get(key), new.get(key)) for key in sorted(old.keys() | new.keys()) if old.get(key) != new.get(key)]


def policies(before: Run, now: Run) -> list[str]:
    """Names of the sections of the scheme that read otherwise."""
    old, new = before.scheme["sections"], now.scheme["sections"]
    return sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))


def amounts(before: Sequence[RunStep], now: Sequence[RunStep]) -> list[Change]:
    """What each member has in all, in fen, where it changed."""
    old, new = ends(before), ends(now)
    return [Change(code, "", old.get(code), new.get(code)) for code in sorted(old.keys() | new.keys()) if old.get(code) != new.get(code)]


def ends(steps: Sequence[RunStep]) -> dict[str, int]:
    """Member code → the sum of its lines in fen."""
    found: dict[str, int] = {}
    for step in steps:
        for code, given in json.loads(step.text, parse_float=Decimal)["amounts"].items():
            found[code] = found.get(code, 0) + sum(given.values())
    return found


def _flat(given: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], Any]]:
    for name, value in given.items():
        if name == "members":
            for code, own in value.items():
                yield from (((code, key), one) for key, one in own.items() if key != "name")
        elif isinstance(value, Mapping):
            yield from ((("", f"{name}.{key}"), one) for key, one in value.items())
        elif isinstance(value, list) and not any(isinstance(one, Mapping) for one in value):
            yield from ((("", f"{name}#{number}"), one) for number, one in enumerate(value, 1))
        else:
            yield ("", name), value
