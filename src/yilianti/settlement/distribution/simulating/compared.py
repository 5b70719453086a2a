"""A year beside a scenario: every member and line as it was and as it would be, the totals, the steps that came out otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from yilianti.kernel.finding import Refused
from yilianti.settlement.distribution.engine import Result
from yilianti.settlement.distribution.simulating.assumptions import Assumed
from yilianti.settlement.distribution.simulating.changes import Made
from yilianti.settlement.distribution.simulating.explained import Explained, explained
from yilianti.settlement.distribution.simulating.scenario import Repriced, Scenario
from yilianti.settlement.distribution.simulating.year import Year
from yilianti.settlement.fund.api import yuan


@dataclass(frozen=True)
class Compared:
    """`parts` is None where volumes lack; then `silence` says what is needed."""

    was: Result
    would: Result
    names: Mapping[str, str]
    made: tuple[Made, ...] = ()
    assumed: Assumed = Assumed()
    parts: Explained | None = None
    silence: str = ""

    @property
    def codes(self) -> list[str]:
        return sorted({*self.was.members, *self.would.members})

    def plain(self) -> dict[str, Any]:
        """For keeping and for printing: money as 元 in text."""
        return {
            "base": _short(self.was), "scenario": _short(self.would), "changes": [one.plain() for one in self.made], "assumptions": self.assumed.plain(),
            "differences": {"members": {code: self._member(code) for code in self.codes}, "totals": _both(self.was.totals, self.would.totals), "steps": _steps(self.was, self.would)},
            "explanation": self.parts.plain() if self.parts else None, "explanation_lacks": self.silence,
        }  # fmt: skip

    def _member(self, code: str) -> dict[str, Any]:
        was, would = self.was.members.get(code, {}), self.would.members.get(code, {})
        return {"name": self.names.get(code, code), "lines": _both(was, would), "total": _pair(sum(was.values()), sum(would.values()))}


def compared(base: Year, scenario: Scenario, repriced: Repriced | None = None) -> Compared:
    """The base beside what the scenario makes of it; raises Refused naming the field and the way out."""
    year, made = scenario.year(base, repriced)
    return beside(base, year, tuple(made), scenario.assumed)


def beside(base: Year, other: Year, made: tuple[Made, ...] = (), assumed: Assumed | None = None) -> Compared:
    """Two years beside each other."""
    names = {code: row["name"] for one in (base, other) for code, row in one.inputs.get("members", {}).items()}
    parts, silence = None, ""
    try:
        parts = explained(base, other)
    except Refused as refusal:
        # Both ends can be reckoned where a step between them cannot: an overspend by old rules, say.
        silence = refusal.zh if refusal.code == "no_volumes" else f"分成三部分时，中间一步算不出：{refusal.zh}"
    return Compared(base.result(), other.result(), names, made, assumed or Assumed(), parts, silence)


def _short(result: Result) -> dict[str, Any]:
    """Without the steps: `settle evaluate` prints them."""
    return {name: one for name, one in result.plain().items() if name != "steps"}


def _pair(was: int, would: int) -> dict[str, str]:
    return {"was": yuan(was), "would": yuan(would), "difference": yuan(would - was)}


def _both(was: Mapping[str, int], would: Mapping[str, int]) -> dict[str, dict[str, str]]:
    """Names in the order of the first, then those that are new."""
    return {name: _pair(was.get(name, 0), would.get(name, 0)) for name in dict.fromkeys([*was, *would])}


def _steps(was: Result, would: Result) -> list[dict[str, Any]]:
    """Workings whose result is another now, or that only one of the two has; a changed policy that changes no figure is none."""
    old, new = (_workings(one) for one in (was, would))
    return [{"step": key[0], "name": key[1], "was": old.get(key), "would": new.get(key)} for key in dict.fromkeys([*old, *new]) if old.get(key) != new.get(key)]


def _workings(result: Result) -> dict[tuple[str, str, int], Any]:
    """Result by step and name; a name that a step uses again is counted."""
    found: dict[tuple[str, str, int], Any] = {}
    for line in (line for done in result.steps for line in done.plain()):
        turn = sum(key[:2] == (line["step"], line["name"]) for key in found)
        found[line["step"], line["name"], turn] = line["result"]
    return found
