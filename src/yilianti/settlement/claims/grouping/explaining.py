"""Why a case is in its group, and which single change would have put it into another: for checking a record, never advice on coding."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from yilianti.settlement.claims.grouping.cases import Case, block_of
from yilianti.settlement.claims.grouping.conditions import Condition
from yilianti.settlement.claims.grouping.engine import Adrg, Engine, Grouped
from yilianti.settlement.claims.grouping.terms import Severity, Status

#: A case, also one that knows more than this grouper asks.
C = TypeVar("C", bound=Case)
_SEVERITIES = {Severity.MCC: "有严重并发症或合并症", Severity.MCC_OR_CC: "有并发症或合并症", Severity.ANY: "不论并发症或合并症"}


@dataclass(frozen=True)
class Step:
    """One station of the way: the entry it stopped at, in words, and whether it held."""

    code: str
    said: str
    held: bool


@dataclass(frozen=True)
class Secondary:
    """A secondary diagnosis on the lists of complications and comorbidities, and whether it counts beside this principal diagnosis."""

    code: str
    kind: str
    counts: bool


@dataclass(frozen=True)
class Why:
    """The way of one case through the rules."""

    grouped: Grouped
    steps: tuple[Step, ...]
    secondary: tuple[Secondary, ...]


@dataclass(frozen=True)
class Alternative:
    """What the case would be with one thing changed."""

    change: str
    grouped: Grouped


def why(engine: Engine, case: Case) -> Why:
    """The MDCs whose diagnosis or operation fits in their order, with what decided; then the ADRG, then the group."""
    grouped = engine.one(case)
    return Why(grouped, tuple(_steps(engine, case, grouped)), tuple(_secondary(engine, case)))


def _steps(engine: Engine, case: Case, grouped: Grouped) -> Iterator[Step]:
    block = block_of([case], engine.words)
    if grouped.status in (Status.NO_DIAGNOSIS, Status.UNKNOWN_DIAGNOSIS):
        yield Step("", f"{grouped.status}：{case.dx[0] if case.dx else '—'}", False)
        return
    for mdc in engine.mdcs:
        held = [bool(one.test(block)[0]) for one in mdc.entry]
        if not held[0]:
            continue
        yield Step(mdc.code, _said(mdc.entry, held), all(held))
        if not all(held):
            continue
        tried = [(adrg, [bool(one.test(block)[0]) for one in adrg.conditions]) for adrg in mdc.adrgs]
        for adrg, one in tried:
            if all(one) or grouped.adrg == f"{mdc.code[-1]}QY":
                break
            if any(one) and len(one) > 1:
                yield Step(adrg.code, _said(adrg.conditions, one), False)
        if grouped.mdc != mdc.code or not grouped.adrg:
            yield Step(mdc.code, f"{len(tried)} 个 ADRG 的条件都不符合，继续下一个 MDC", False)
            continue
        chosen = next((adrg for adrg in mdc.adrgs if adrg.code == grouped.adrg), None)
        if chosen is None:
            yield Step(grouped.adrg, "主要手术是手术室手术，却不属于本 MDC 的任何手术组", False)
            return
        yield Step(chosen.code, _said(chosen.conditions, [True] * len(chosen.conditions)), True)
        yield Step(grouped.drg, _SEVERITIES[_severity(engine, chosen, grouped.drg)], True)
        return


def _said(conditions: tuple[Condition, ...], held: list[bool]) -> str:
    return "，".join(one.zh if good else f"不符合：{one.zh}" for one, good in zip(conditions, held, strict=True))


def _severity(engine: Engine, adrg: Adrg, drg: str) -> Severity:
    return next(severity for place, severity in adrg.groups if engine.drg_codes[place] == drg)


def _secondary(engine: Engine, case: Case) -> Iterator[Secondary]:
    words = engine.words
    principal = words.dx.get(case.dx[0], 1) if case.dx else 0
    for code in case.dx[1:]:
        number = words.dx.get(code, 1)
        for kind, lists in (("MCC", words.mcc), ("CC", words.cc)):
            if lists[number]:
                yield Secondary(code, kind, bool(lists[number] != words.excluded_by[principal]))
                break


def alternatives(engine: Engine, case: Case) -> list[Alternative]:
    """Other groups that one change away lie, the nearest change for each: another diagnosis or operation named first, one left out, a complication more or fewer."""
    here = engine.one(case)
    changes = list(changes_of(case))
    found: dict[str, Alternative] = {}
    for (said, _), grouped in zip(changes, engine.many([changed for _, changed in changes]) if changes else [], strict=True):
        if grouped != here and (grouped.drg or grouped.status) not in found:
            found[grouped.drg or grouped.status] = Alternative(said, grouped)
    for alternative in _siblings(engine, here):
        found.setdefault(alternative.grouped.drg, alternative)
    return list(found.values())


def changes_of(case: C) -> Iterator[tuple[str, C]]:
    """Every single change of what a record says: another diagnosis or operation named first, one left out."""
    for place, code in enumerate(case.dx[1:], 1):
        rest = [one for at, one in enumerate(case.dx) if at != place]
        yield f"若主要诊断是 {code}（现列第 {place + 1}）", replace(case, dx=(code, *rest))
    for place, code in enumerate(case.op[1:], 1):
        rest = [one for at, one in enumerate(case.op) if at != place]
        yield f"若主要手术是 {code}（现列第 {place + 1}）", replace(case, op=(code, *rest))
    for place, code in enumerate(case.op):
        yield f"若没有手术 {code}", replace(case, op=tuple(one for at, one in enumerate(case.op) if at != place))
    for place, code in enumerate(case.dx[1:], 1):
        yield f"若没有其他诊断 {code}", replace(case, dx=tuple(one for at, one in enumerate(case.dx) if at != place))


def _siblings(engine: Engine, here: Grouped) -> Iterator[Alternative]:
    adrg = engine.scheme.adrg.get(here.adrg)
    for group in adrg["drg"] if adrg else ():
        if group["code"] != here.drg:
            yield Alternative(f"同一 ADRG，{_SEVERITIES[Severity(group['severity'])]}的", Grouped(Status.GROUPED, here.mdc, here.adrg, group["code"]))
