"""Why a figure is what it is: a tree from a statement's line through the steps of its run down to bills and policy editions."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from yilianti import policybook
from yilianti.settlement.distribution.models import Run, StatementLine
from yilianti.settlement.distribution.terms import Part

#: From which other steps a step takes what it reckons with.
FEEDS: dict[str, tuple[str, ...]] = {
    Part.INNER: (Part.USE, Part.SHARING), Part.WITHHELD: (Part.INNER,), Part.USE: (Part.SHARING,), Part.SHARING: (Part.PACKAGE, Part.CHARGED, Part.ASSESSMENT), Part.ADVANCE: (Part.PACKAGE,), Part.PATH: (Part.PACKAGE,),
}  # fmt: skip


@dataclass(frozen=True)
class Node:
    """One figure: what it is, how it was reckoned, from what, by which policy; below it where that came from."""

    title: str
    result: Any
    formula: str = ""
    inputs: tuple[tuple[str, Any], ...] = ()
    policy: str = ""
    policy_url: str = ""
    url: str = ""
    below: tuple[Node, ...] = field(default=())


class Working:
    """The steps of one run, read once."""

    def __init__(self, run: Run) -> None:
        self._steps = list(run.steps.order_by("position"))

    @cached_property
    def by_name(self) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        return {step.name: json.loads(step.text, parse_float=Decimal)["working"] for step in self._steps}

    def of_line(self, line: StatementLine, member: str) -> tuple[Node, ...]:
        """What stands below a line of that member: its own step first, then what the step rests on."""
        return self._below(line.step, member, set())

    def _below(self, step: str, member: str, seen: set[str]) -> tuple[Node, ...]:
        if step in seen or step not in self.by_name:
            return ()
        seen.add(step)
        own = self.nodes(step, member)
        further = tuple(node for name in FEEDS.get(step, ()) for node in self._below(name, member, seen))
        return (*own, *further)

    def nodes(self, step: str, member: str = "") -> list[Node]:
        """The workings of one step."""
        return [_node(one, member) for one in self.by_name[step]]


def _node(one: Mapping[str, Any], member: str) -> Node:
    """A working; of figures by party the member's own is named first."""
    result = one["result"]
    shown = {member: result[member], **{key: value for key, value in result.items() if key != member}} if isinstance(result, dict) and member in result else result
    title, url = of_policy(one["policy_ref"])
    return Node(one["name"], shown, one["formula"], tuple(one["inputs"].items()), title, url)


def of_policy(ref: str) -> tuple[str, str]:
    """A policy by its title and page."""
    if not ref:
        return "", ""
    try:
        edition = policybook.by_ref(ref)
    except KeyError:
        return ref, ""
    return f"{edition.title}（{edition.effective_from.isoformat()} 起）", f"/policies/{edition.code}/"
