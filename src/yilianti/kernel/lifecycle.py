"""Lifecycle: the one table of steps of a thing, from which checks, buttons, tests and diagrams come."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from yilianti.kernel.finding import Refused
from yilianti.kernel.terms import Term


@dataclass(frozen=True)
class Row:
    """One step: `action` leads from any of `sources` to `target` (empty: it moves nothing), done `by` an owner, journalled as `word`."""

    action: str
    sources: tuple[str, ...]
    target: str
    by: str
    word: str

    def leads_to(self, state: str) -> str:
        """The state after the step taken in `state`."""
        return self.target or state


def row(action: str, sources: str, target: str, by: str, word: str) -> Row:
    """A step; `sources` are joined by "|"."""
    return Row(action, tuple(sources.split("|")), target, by, word)


class Lifecycle:
    """The table of one kind of thing. `states` and `verbs` give the labels people read."""

    def __init__(self, thing: str, initial: str, states: type[Term], verbs: type[Term], *rows: Row) -> None:
        self.thing, self.initial, self.states, self.verbs, self.rows = thing, initial, states, verbs, rows
        self._by_action = {entry.action: entry for entry in rows}
        if len(self._by_action) != len(rows):
            raise ValueError(f"{thing}: one row per action")

    def __getitem__(self, action: str) -> Row:
        return self._by_action[action]

    def can(self, action: str, state: str) -> bool:
        """Possible now (whether permitted is another question)."""
        return state in self._by_action[action].sources

    def open_to(self, state: str, owners: Iterable[str] | None = None) -> list[Row]:
        """Steps that lead out of `state`, those of `owners` only when given."""
        allowed = None if owners is None else set(owners)
        return [r for r in self.rows if state in r.sources and (allowed is None or r.by in allowed)]

    def step(self, thing: Any, action: str, *, told: str = "") -> Row:
        """Move `thing.state` (already locked) by `action`, or refuse and say from where it would be possible."""
        chosen = self._by_action[action]
        if thing.state not in chosen.sources:
            raise self.refusal(action, thing.state, told=told)
        thing.state = chosen.leads_to(thing.state)
        return chosen

    def refusal(self, action: str, state: str, *, told: str = "") -> Refused:
        """「转诊单处于“草稿”，不能“接收”；可从“已提交”进行。」 plus what somebody else decided meanwhile."""
        chosen = self._by_action[action]
        possible = "、".join(f"“{self.states.label(s)}”" for s in chosen.sources)
        zh = f"{self.thing}处于“{self.states.label(state)}”，不能“{self.verbs.label(action)}”；可从{possible}进行。{told}"
        return Refused("wrong_state", zh, f"{action} is not possible in state {state}")

    def owners(self, state: str) -> set[str]:
        return {r.by for r in self.rows if state in r.sources}

    def dead_ends(self) -> set[str]:
        return {str(s.value) for s in self.states} - {s for r in self.rows for s in r.sources}

    def unreachable(self) -> set[str]:
        reached, frontier = {self.initial}, [self.initial]
        while frontier:
            state = frontier.pop()
            fresh = {r.leads_to(state) for r in self.rows if state in r.sources} - reached
            reached |= fresh
            frontier.extend(fresh)
        return {str(s.value) for s in self.states} - reached

    def diagram(self) -> str:
        """A Mermaid state diagram with Chinese labels, for the generated docs."""
        lines = ["stateDiagram-v2"]
        lines += [f"    {s.value}: {s.zh}" for s in self.states]
        lines.append(f"    [*] --> {self.initial}")
        lines += [f"    {s} --> {r.leads_to(s)}: {self.verbs.label(r.action)}（{r.by}）" for r in self.rows for s in r.sources]
        lines += [f"    {s} --> [*]" for s in sorted(self.dead_ends())]
        return "\n".join(lines)
