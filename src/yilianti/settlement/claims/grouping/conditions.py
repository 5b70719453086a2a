"""What a line of the rule tables asks of a case, spelled as in them (`main_dx+age<=28d`) and read once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from yilianti.settlement.claims.grouping.cases import Block, Flags, Vocabulary
from yilianti.settlement.claims.grouping.terms import FEMALE, MALE, NEWBORN_DAYS

#: Which cases of a block the condition holds for.
Test = Callable[[Block], Flags]
_WEIGHT = re.compile(r"weight\[(\d+),(\d+|inf)\)")
_COMBINED = re.compile(r"op_groups:\d+(&\d+)*(\|\d+(&\d+)*)*")
_PARTS = re.compile(r"\+(?![^\[]*\))")


@dataclass(frozen=True)
class Condition:
    """One condition, its spelling in the tables and what it means in a sentence."""

    spelling: str
    zh: str
    test: Test


def read(spelling: str, line: Mapping[str, Any], words: Vocabulary) -> list[Condition]:
    """The conditions of one MDC or ADRG, all of which have to hold."""
    return [_one(part, line, words) for part in _PARTS.split(spelling)]


def unknown(spelling: str) -> str:
    """The first condition of a spelling that nobody knows, or ""."""
    return next((part or "（空）" for part in _PARTS.split(spelling) if part not in _PLAIN and not _WEIGHT.fullmatch(part) and not _COMBINED.fullmatch(part)), "")


def needs(spelling: str) -> list[str]:
    """The columns of the line that its conditions look into."""
    parts = _PARTS.split(spelling)
    named = {"main_dx": ["dx"], "any_dx": ["dx"], "main_op": ["op"], "any_op": ["op"], "any_op1": ["op1"], "two_regions": ["regions"]}
    return [column for part in parts for column in (["op", "op_group"] if part.startswith("op_groups:") else named.get(part, []))]


def _one(part: str, line: Mapping[str, Any], words: Vocabulary) -> Condition:
    if part.startswith("op_groups:"):
        return Condition(part, "手术包含规定的组合", _combined(part.removeprefix("op_groups:"), line, words))
    weight = _WEIGHT.fullmatch(part)
    if weight:
        low, high = int(weight[1]), np.inf if weight[2] == "inf" else int(weight[2])
        return Condition(part, f"出生体重 {low}–{weight[2]} 克", lambda block: (block.weight >= low) & (block.weight < high))
    zh, make = _PLAIN[part]
    return Condition(part, zh, make(line, words))


def _main_dx(line: Mapping[str, Any], words: Vocabulary) -> Test:
    table = words.dx_table(line["dx"])
    return lambda block: table[block.main_dx]


def _any_dx(line: Mapping[str, Any], words: Vocabulary) -> Test:
    table = words.dx_table(line["dx"])
    return lambda block: block.any_dx(table)


def _main_op(line: Mapping[str, Any], words: Vocabulary) -> Test:
    table = words.op_table(line["op"])
    return lambda block: table[block.main_op]


def _any_op(line: Mapping[str, Any], words: Vocabulary, key: str = "op") -> Test:
    table = words.op_table(line[key])
    return lambda block: block.any_op(table)


def _main_op_valid(line: Mapping[str, Any], words: Vocabulary) -> Test:
    return lambda block: words.valid[block.main_op]


def _no_valid_op(line: Mapping[str, Any], words: Vocabulary) -> Test:
    return lambda block: ~block.any_op(words.valid)


def _two_regions(line: Mapping[str, Any], words: Vocabulary) -> Test:
    tables = [words.dx_table(codes) for codes in line["regions"].values()]
    return lambda block: sum((block.any_dx(table).astype(np.int8) for table in tables), np.zeros(len(block), np.int8)) >= 2


def _combined(spelling: str, line: Mapping[str, Any], words: Vocabulary) -> Test:
    """`1&2|1&3&4`: operations of groups 1 and 2, or of 1, 3 and 4."""
    ways = [way.split("&") for way in spelling.split("|")]
    members = {label: words.op_table([op for op, group in zip(line["op"], line["op_group"], strict=True) if group == label]) for way in ways for label in way}

    def test(block: Block) -> Flags:
        has = {label: block.any_op(table) for label, table in members.items()}
        return np.logical_or.reduce([np.logical_and.reduce([has[label] for label in way]) for way in ways])

    return test


_PLAIN: dict[str, tuple[str, Callable[[Mapping[str, Any], Vocabulary], Test]]] = {
    "always": ("不再要求", lambda line, words: lambda block: np.ones(len(block), bool)),
    "main_dx": ("主要诊断在表内", _main_dx),
    "any_dx": ("任一诊断在表内", _any_dx),
    "main_op": ("主要手术在表内", _main_op),
    "any_op": ("任一手术在表内", _any_op),
    "any_op1": ("任一手术在第二张表内", lambda line, words: _any_op(line, words, "op1")),
    "main_op_valid": ("主要手术是手术室手术", _main_op_valid),
    "no_valid_op": ("没有手术室手术", _no_valid_op),
    "two_regions": ("诊断涉及两个以上部位", _two_regions),
    "age=0": ("不满一周岁", lambda line, words: lambda block: block.age == 0),
    "age<=28d": ("出生不满 29 天", lambda line, words: lambda block: (block.age_days >= 0) & (block.age_days <= NEWBORN_DAYS)),
    "male": ("男性", lambda line, words: lambda block: block.sex == MALE),
    "female": ("女性", lambda line, words: lambda block: block.sex == FEMALE),
}
