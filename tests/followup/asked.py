"""Visits written in one cell, so that a case is a row: differences from a calm visit."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from yilianti import policybook
from yilianti.care.followup import flow, programme
from yilianti.care.followup.history import months_after
from yilianti.care.followup.terms import Answer, Earlier, Enrolment, Visit
from yilianti.policybook.places import Place

CASES = Path(__file__).parent / "cases"
CALM = {
    "hypertension": "way=1;age=50;sbp=130;dbp=80;danger=;adverse_reaction=1;complication=1",
    "diabetes": "way=1;age=50;sbp=130;dbp=80;fasting_glucose=6.0;danger=;adverse_reaction=1;complication=1",
    "elderly": "way=1;age=70;self_care=0",
    "copd": "way=1;age=60;danger=;progress=1",
}
DAY = date(2026, 11, 1)


def rows(name: str) -> Iterator[dict[str, str]]:
    with (CASES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@lru_cache
def held(code: str, day: date = DAY, consortium: str = "") -> programme.Programme:
    policybook.open_at(None)
    return programme.in_force(code, day, Place(consortium))


def visit(code: str, cell: str = "") -> dict[str, Any]:
    """The calm visit changed as the cell says: `sbp=150;-age;danger=headache+vision`."""
    given: dict[str, Any] = {}
    for part in f"{CALM[code]};{cell}".split(";"):
        name, is_told, value = part.partition("=")
        if part.startswith("-"):
            given.pop(part[1:], None)
        elif is_told:
            given[name] = _value(name, value)
    return given


def _value(name: str, value: str) -> Any:
    if name in ("danger", "symptoms"):
        return [one for one in value.split("+") if one]
    return {"yes": True, "no": False}.get(value, value)


def before(cell: str) -> list[Earlier]:
    """`2026-08-01:unsatisfied+reaction|2026-05-01:?`."""
    told = (part.split(":") for part in cell.split("|") if part)
    return [Earlier(date.fromisoformat(day), None if classes == "?" else frozenset(classes.split("+"))) for day, classes in told]


def ask(code: str, cell: str = "", earlier: str = "", on: date = DAY, consortium: str = "", **enrolment: date) -> Answer:
    return flow.ask(held(code, on, consortium), Visit(on, visit(code, cell)), before(earlier), Enrolment(**enrolment))


def due(on: date, cell: str) -> date | None:
    """`14` days on, `3m` months on, or nothing."""
    if not cell:
        return None
    return months_after(on, int(cell[:-1])) if cell.endswith("m") else on + timedelta(days=int(cell))
