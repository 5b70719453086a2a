"""A run is a list of named steps; each leaves its formula in words, what went in, what came out and the policy it follows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from yilianti.kernel.money import Money
from yilianti.settlement.fund.exact import yuan


@dataclass(frozen=True)
class Step:
    """One named step; `policy_ref` is "" for a definition of the platform."""

    name: str
    formula: str
    inputs: Mapping[str, Any]
    result: Any
    policy_ref: str = ""

    def plain(self) -> dict[str, Any]:
        """Money as 元 in text, so that nothing that reads it meets a binary fraction."""
        return {"name": self.name, "formula": self.formula, "inputs": _plain(self.inputs), "result": _plain(self.result), "policy_ref": self.policy_ref}


@dataclass
class Working:
    """The steps of a run, in order."""

    steps: list[Step] = field(default_factory=list)

    def amount(self, name: str, formula: str, fen: int, policy_ref: str = "", /, **inputs: Any) -> int:
        """Leaves a step whose result is money and hands the fen back."""
        self.steps.append(Step(name, formula, inputs, Money(fen), policy_ref))
        return fen

    def amounts(self, name: str, formula: str, fen: Mapping[str, int], policy_ref: str = "", /, **inputs: Any) -> dict[str, int]:
        """Leaves a step whose result is money by party and hands it back."""
        self.steps.append(Step(name, formula, inputs, {who: Money(one) for who, one in fen.items()}, policy_ref))
        return dict(fen)

    def note(self, name: str, formula: str, result: Any, policy_ref: str = "", /, **inputs: Any) -> None:
        """Leaves a step whose result is no money."""
        self.steps.append(Step(name, formula, inputs, result, policy_ref))

    def canonical(self) -> str:
        """The same run gives the same bytes: keys sorted, no spaces, no binary fraction."""
        return json.dumps([step.plain() for step in self.steps], ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _plain(value: Any) -> Any:
    if isinstance(value, Money):
        return yuan(value.fen)
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if value is None or isinstance(value, bool | int):
        return value
    return str(value)
