"""A year reckoned again from what was frozen, and compared byte by byte with what stands; nothing is written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from yilianti import policybook
from yilianti.kernel.money import Money
from yilianti.settlement.distribution import running, signed
from yilianti.settlement.distribution.models import Run, RunStep, Settlement, Statement
from yilianti.settlement.distribution.scheme import Scheme


@dataclass(frozen=True)
class Replayed:
    """How many steps were compared, where the first difference lies ("" where there is none), editions whose text is another now, statements whose signature no longer holds or whose lines are not what the steps gave."""

    run: Run
    steps: int
    difference: str
    editions: tuple[str, ...]
    broken: tuple[str, ...]

    @property
    def same(self) -> bool:
        return not (self.difference or self.broken)


def replayed(settlement: Settlement) -> list[Replayed]:
    """Every run of a settlement, the first one first."""
    return [_replayed(run) for run in settlement.runs.order_by("turn")]


def _replayed(run: Run) -> Replayed:
    held, found, count = list(run.steps.order_by("position")), "", 0
    for position, one in enumerate(running.done(run)):
        count += 1
        kept = held[position].text if position < len(held) else ""
        if not found and (text := running.text_of(one)) != kept:
            found = f"步骤“{one.name}”：{running.difference(kept, text)}"
    if not found and count < len(held):
        found = f"保存了 {len(held)} 步，重新计算只有 {count} 步"
    given = _given(held)
    statements = run.statements.select_related("institution").prefetch_related("lines").order_by("number", "version")
    broken = tuple(f"{one.number} 第 {one.version} 版" for one in statements if not (signed.holds(one) and _says(one, given.get(one.institution.code, {}))))
    return Replayed(run, count, found, _changed_editions(run.scheme["sections"]), broken)


def _given(held: list[RunStep]) -> dict[str, dict[str, int]]:
    """What the steps that stand give each member, by line."""
    found: dict[str, dict[str, int]] = {}
    for step in held:
        for code, own in json.loads(step.text, parse_float=Decimal)["amounts"].items():
            found.setdefault(code, {}).update({key: int(fen) for key, fen in own.items()})
    return found


def _says(one: Statement, given: Mapping[str, int]) -> bool:
    """Whether the lines of a statement, in the table and in what was signed, are what the steps gave."""
    told = {line["key"]: Money.yuan(line["amount"]).fen for line in json.loads(bytes(one.content), parse_float=Decimal)["lines"]}
    return {line.key: line.fen for line in one.lines.all()} == dict(given) == told and one.final == sum(given.values())


def _changed_editions(sections: Mapping[str, Mapping[str, object]]) -> tuple[str, ...]:
    """Policies whose edition is gone or reads otherwise than when the run froze it."""
    found = []
    for name, held in sections.items():
        try:
            now = Scheme.section_of(name, policybook.by_ref(str(held["policy_ref"]))).plain()
        except KeyError:
            now = None
        if now != held:
            found.append(str(held["policy_ref"]))
    return tuple(found)
