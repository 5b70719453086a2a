"""Why a figure is what it is: a tree from a statement's line through the steps of its run; what the steps rest on is `sources.py`'s."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any
from urllib.parse import quote

from yilianti import policybook
from yilianti.settlement.distribution.models import Run, RunStep
from yilianti.settlement.distribution.terms import Part

#: From which other steps a step takes what it reckons with.
FEEDS: dict[str, tuple[str, ...]] = {
    Part.INNER: (Part.USE, Part.SHARING), Part.WITHHELD: (Part.INNER,), Part.USE: (Part.SHARING,), Part.SHARING: (Part.PACKAGE, Part.CHARGED, Part.ASSESSMENT),
}  # fmt: skip
_MONEY = re.compile(r"-?\d+\.\d\d")


@dataclass(frozen=True)
class Figure:
    """One named value as people read it; `parts` are those of several parties, the member's own first."""

    name: str
    text: str
    is_number: bool = False
    is_own: bool = False
    parts: tuple[Figure, ...] = ()


@dataclass(frozen=True)
class Node:
    """One working: what it is, the formula in words, what went in, what came out, and the policy."""

    title: str
    formula: str
    inputs: tuple[Figure, ...]
    result: Figure
    policy: str = ""
    policy_url: str = ""


@dataclass(frozen=True)
class Branch:
    """One step with its workings; below it the steps it takes its figures from."""

    step: str
    nodes: tuple[Node, ...]
    below: tuple[Branch, ...] = ()

    @property
    def title(self) -> str:
        return Part.label(self.step)


class Working:
    """The steps of one run with the names of its members, read once."""

    def __init__(self, run: Run, steps: Sequence[RunStep] | None = None) -> None:
        self._steps = list(run.steps.order_by("position")) if steps is None else sorted(steps, key=lambda one: one.position)
        self.names: dict[str, str] = {code: one["name"] for code, one in run.inputs.get("members", {}).items()}

    @cached_property
    def by_name(self) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        return {step.name: json.loads(step.text, parse_float=Decimal)["working"] for step in self._steps}

    def tree(self, step: str, member: str) -> tuple[Branch, ...]:
        """The step as far as it concerns that member, over those it rests on; each step once, a step that reckoned nothing not at all."""
        return self._branches(step, member, set())

    def _branches(self, step: str, member: str, seen: set[str]) -> tuple[Branch, ...]:
        if step in seen or step not in self.by_name:
            return ()
        seen.add(step)
        below = tuple(branch for name in FEEDS.get(step, ()) for branch in self._branches(name, member, seen))
        nodes = tuple(self.nodes(step, member))
        return (Branch(step, nodes, below),) if nodes else below

    def nodes(self, step: str, member: str = "") -> list[Node]:
        """The workings of one step, of a member only those that speak of it or of nobody."""
        return [self._node(one, member) for one in self.by_name[step] if not member or self._concerns(one, member)]

    def _concerns(self, one: Mapping[str, Any], member: str) -> bool:
        named = {code for code, name in self.names.items() if name and name in one["name"]}
        if named:
            return member in named
        result = one["result"]
        return not (isinstance(result, dict) and result and set(result) <= set(self.names)) or member in result

    def _node(self, one: Mapping[str, Any], member: str) -> Node:
        inputs = tuple(self._figure(name, value, member) for name, value in one["inputs"].items())
        return Node(one["name"], one["formula"], inputs, self._figure("结果", one["result"], member), *of_policy(one["policy_ref"]))

    def _figure(self, name: str, value: Any, member: str) -> Figure:
        if not isinstance(value, dict):
            text, is_number = said(value)
            return Figure(name, text, is_number)
        parts = [Figure(self.names.get(str(key), str(key)), *said(one), is_own=key == member) for key, one in value.items()]
        return Figure(name, "", parts=tuple(sorted(parts, key=lambda part: not part.is_own)))


def said(value: Any) -> tuple[str, bool]:
    """A value in words, and whether it is a number."""
    if value is None or value == "":
        return "—", False
    if isinstance(value, bool):
        return "是" if value else "否", False
    if isinstance(value, int):
        return f"{value:,}", True
    if isinstance(value, list):
        return "；".join(said(one)[0] for one in value), False
    if isinstance(value, dict):
        return "，".join(f"{key} {said(one)[0]}" for key, one in value.items()), False
    text = str(value)
    return (f"{Decimal(text):,}", True) if _MONEY.fullmatch(text) else (text, text.removesuffix("%").lstrip("-").replace(".", "", 1).isdecimal())


def of_policy(ref: str) -> tuple[str, str]:
    """A policy by its title, and the page of the edition that was in force."""
    if not ref:
        return "", ""
    try:
        edition = policybook.by_ref(ref)
    except KeyError:
        return ref, ""
    return f"{edition.title}（{edition.effective_from.isoformat()} 起）", f"/policies/ref/?ref={quote(ref, safe='')}"
