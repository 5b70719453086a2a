"""A stored year for the simulator: what was frozen, its bills by place and kind, its bills under other benefits. Nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from yilianti.kernel.actor import Scope
from yilianti.kernel.finding import Refused
from yilianti.registry.institutions import api as institutions
from yilianti.settlement.budget import api as budget
from yilianti.settlement.claims import api as claims
from yilianti.settlement.distribution.models import Run, Settlement
from yilianti.settlement.distribution.scheme import Scheme
from yilianti.settlement.distribution.simulating import compared
from yilianti.settlement.distribution.simulating.changes import Made
from yilianti.settlement.distribution.simulating.compared import Compared
from yilianti.settlement.distribution.simulating.scenario import Repriced, Scenario
from yilianti.settlement.distribution.simulating.terms import Place
from yilianti.settlement.distribution.simulating.year import Year
from yilianti.settlement.fund.api import yuan

#: People whose bills are held in memory at once.
_BLOCK = 500
_PLACES = {budget.PlaceOfCare.MEMBER.value: Place.MEMBERS, budget.PlaceOfCare.PURCHASED.value: Place.PURCHASED, budget.PlaceOfCare.OUTSIDE.value: Place.OUTSIDE}
Progress = Callable[[int, int], None]


def silent(done: int, of: int) -> None:
    """Nobody watches."""


def run_of(number: str) -> Run:
    """The latest reckoning of a settlement, by its number; raises Refused."""
    run = Run.objects.filter(settlement__number=number).select_related("settlement__consortium", "settlement__package__consortium").order_by("-turn").first()
    if run is None:
        raise Refused("unknown_settlement", f"没有编号为 {number} 的清算，或它还没有算过；请核对编号。", "No such settlement, or not reckoned yet.", field="number")
    return run


def base(run: Run) -> Year:
    """The year as the run froze it, with the bills of the ledger; without them where the ledger has gone on since."""
    scheme = Scheme.of_plain(run.scheme)
    try:
        return Year.of(scheme, {**run.inputs, "volumes": volumes(run)})
    except Refused:
        return Year.of(scheme, run.inputs)


def volumes(run: Run) -> dict[str, dict[str, str]]:
    """How many bills of which kind were charged where, member by member where the run has each member's spending."""
    rows = budget.volumes(run.settlement.package)
    codes = {place: one.code for place, one in institutions.many({institution for _, institution, *_ in rows}).items()}
    apart = any("charged" in one for one in run.inputs.get("members", {}).values())
    found: dict[str, list[int]] = {}
    for place, institution, kind, bills, fen in rows:
        member = f"{codes[institution]}." if apart and _PLACES[place] is Place.MEMBERS else ""
        held = found.setdefault(f"{_PLACES[place]}.{member}{kind}", [0, 0])
        held[0], held[1] = held[0] + bills, held[1] + fen
    return {key: {"count": str(bills), "amount": yuan(fen)} for key, (bills, fen) in found.items()}


def scope_of(settlement: Settlement) -> Scope:
    return Scope(settlement.consortium.code, settlement.consortium.region)


def simulated(run: Run, scenario: Scenario, at: datetime, told: Progress = silent, most: int | None = None) -> Compared:
    """The year of the run beside the scenario; raises Refused, also where more people than `most` would have to be repriced."""
    changes = {one.path: one.value for one in scenario.benefits}
    return compared.compared(base(run), scenario, repriced(run, changes, at, told, most) if changes else None)


@dataclass
class _Sums:
    """Fen more by place, member and kind; what persons under catastrophic insurance take off; bills that cannot be told."""

    more: dict[tuple[str, str, str], int] = field(default_factory=dict)
    catastrophic: int = 0
    bills: int = 0
    other: int = 0
    unpriced: int = 0


def repriced(run: Run, changes: Mapping[str, str], at: datetime, told: Progress = silent, most: int | None = None) -> Repriced:
    """The year's bills priced twice, as the benefits are and as they would be; some people at a time."""
    package, scope = run.settlement.package, scope_of(run.settlement)
    before = claims.check_benefits(changes, scope, date(run.settlement.year, 12, 31))
    _, rule = budget.bearing(package)
    people = budget.persons(package)
    if most is not None and len(people) > most:
        raise Refused("too_many", f"要重新计算 {len(people)} 人的费用，页面上最多 {most} 人；请在服务器上运行 ./yilianti settle simulate --settlement {run.settlement.number}。", "Too many people for the page; use the command.", field=next(iter(changes)))
    sums, members = _Sums(), set(run.inputs.get("members", {}))
    for done, some in _blocks(people):
        _add(sums, list(claims.supposed(some, run.settlement.year, changes, scope, at)), package, rule, members)
        told(done, len(people))
    says = f"重新计算 {sums.bills} 笔费用，{sums.other} 笔不同" + (f"；{sums.unpriced} 笔没有算出，不计入差额" if sums.unpriced else "")
    made = tuple(Made(path, before[path] or "（没有）", value, says if number == 0 else "与上一项一起重新计算") for number, (path, value) in enumerate(changes.items()))
    return Repriced(sums.more, made, sums.catastrophic)


def _blocks(people: Sequence[int]) -> Iterator[tuple[int, Sequence[int]]]:
    for start in range(0, len(people), _BLOCK):
        some = people[start : start + _BLOCK]
        yield start + len(some), some


def _add(sums: _Sums, bills: list[claims.Supposed], package: budget.Package, rule: Any, members: set[str]) -> None:
    """One block: what each bill costs the package more, and who reaches catastrophic insurance now and then."""
    placed = budget.placed_claims(package, [one.claim for one in bills])
    codes = {place: one.code for place, one in institutions.many({institution for _, institution, _ in placed.values()}).items()}
    reached: dict[str, list[bool]] = {}
    bills = [one for one in bills if one.claim in placed]
    for one in bills:
        was, would = reached.setdefault(one.person, [False, False])
        reached[one.person] = [was or one.was["catastrophic"] > 0, would or one.would["catastrophic"] > 0]
    for one in bills:
        place, institution, kind = placed[one.claim]
        if place == budget.PlaceOfCare.PURCHASED.value and not rule.purchased:
            continue
        sums.bills += 1
        if not one.priced:
            sums.unpriced += 1
            continue
        borne = [sum(pots.get(pot, 0) for pot in rule.counts) for pots in (one.was, one.would)]
        key = (str(_PLACES[place]), codes[institution] if place == budget.PlaceOfCare.MEMBER.value and codes[institution] in members else "", kind)
        if borne[0] != borne[1]:
            sums.other += 1
            sums.more[key] = sums.more.get(key, 0) + borne[1] - borne[0]
        if rule.persons_off:
            sums.catastrophic += borne[1] * reached[one.person][1] - borne[0] * reached[one.person][0]
