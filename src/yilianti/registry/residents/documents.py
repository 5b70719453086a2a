"""Papers that say who somebody is, and what a card reader types: their formats are data (catalogues.identity_documents, catalogues.card_formats)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from yilianti import policybook
from yilianti.kernel.actor import Scope
from yilianti.registry.residents import rules

_LONGEST_READING = 400
FIELDS = ("id_card", "health_card", "insurance", "name", "address")


@dataclass(frozen=True)
class Paper:
    """One kind of document: the identifier system its number is kept under, its format, how it is checked."""

    code: str
    name: str
    system: str
    pattern: str
    check: str
    basis: str


def papers(day: date, scope: Scope) -> list[Paper]:
    """The kinds in force, in the order of the table."""
    table = policybook.in_force("catalogues.identity_documents", day, scope).table
    assert table is not None
    return [Paper(**row) for row in table.dicts()]


def fault(system: str, value: str, day: date, scope: Scope) -> str:
    """Why a number is none of the papers kept under this system; "" when it is one, or none is listed."""
    listed = [paper for paper in papers(day, scope) if paper.system == system]
    fitting = [paper for paper in listed if _compiled(paper.pattern).fullmatch(value)]
    if listed and not fitting:
        return f"{listed[0].name}号码的写法不对（{listed[0].basis}）；请对照证件核对。"
    if any(paper.check == "gb11643" and len(value) == 18 and rules.check_digit(value[:17]) != value[17] for paper in fitting):
        return f"{fitting[0].name}号码校验位不符，通常是输错了某一位；请对照证件核对。"
    return ""


def reading(text: str, day: date, scope: Scope) -> dict[str, str]:
    """What one line of a card reader says, by field; {} for a format nobody has written down. Never guessed."""
    table = policybook.in_force("catalogues.card_formats", day, scope).table
    assert table is not None
    line = text.strip()[:_LONGEST_READING]
    for row in table.dicts():
        if found := _compiled(row["pattern"]).fullmatch(line):
            return {key: value.strip() for key, value in found.groupdict().items() if value and key in FIELDS}
    return {}


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
