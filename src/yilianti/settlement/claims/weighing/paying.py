"""What each case is paid by its group: all cases of a file together, every step one named formula."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from yilianti.kernel.finding import Refused
from yilianti.kernel.money import Money
from yilianti.settlement.claims.weighing import formulas
from yilianti.settlement.claims.weighing import weights as weighing
from yilianti.settlement.claims.weighing.formulas import Numbers
from yilianti.settlement.claims.weighing.rules import Rules
from yilianti.settlement.claims.weighing.terms import Because, Incomplete, Method, Standing
from yilianti.settlement.claims.weighing.weights import NONE, Weights

Flags = npt.NDArray[np.bool_]
STANDINGS, BECAUSES = tuple(Standing), tuple(Because)


@dataclass(frozen=True)
class Costs:
    """Cases with what they cost: places in the lists beside them (NONE for none), days as whole numbers, money in fen, `panel` the points or weight that a panel decided."""

    ids: Any
    institution: npt.NDArray[np.int32]
    department: Any
    group: npt.NDArray[np.int32]
    cost: Numbers
    los: npt.NDArray[np.int32]
    person: Numbers
    admitted: Numbers
    discharged: Numbers
    excused: Flags
    complete: Flags
    bed_day: npt.NDArray[np.int32]
    panel: Numbers
    institutions: tuple[str, ...]
    groups: tuple[str, ...]
    bed_days: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.cost)

    def of(self, which: Flags) -> Costs:
        """Some of the cases, with the same lists beside them."""
        return replace(self, ids=self.ids.filter(which), department=self.department.filter(which),
                       **{name: getattr(self, name)[which] for name in ("institution", "group", "cost", "los", "person", "admitted", "discharged", "excused", "complete", "bed_day", "panel")})  # fmt: skip


@dataclass(frozen=True)
class Paid:
    """What became of each case; NONE where a number does not apply. `value` is the point value in hundredths of a fen, `left` what sharing leaves over (or lacks) of the pool by rounding."""

    standing: npt.NDArray[np.int8]
    because: npt.NDArray[np.int8]
    weight: Numbers
    base: Numbers
    coefficient: Numbers
    before_return: Numbers
    points: Numbers
    returned: Flags
    pay: Numbers
    weights: Weights
    value: int | None = None
    left: int = 0

    def of(self, which: Flags) -> Paid:
        """What became of some of the cases."""
        return replace(self, **{one.name: getattr(self, one.name)[which] for one in fields(self) if one.name not in ("weights", "value", "left")})


def paid(cases: Costs, rules: Rules, base: Costs | None = None) -> Paid:
    """Pay the cases of a file by the rules of a place, with weights from the base (by default the file itself); raises Refused where the place is silent on what a case needs."""
    source = base if base is not None else cases
    used = weighed(source, rules)
    seats = [rules.institutions[one] for one in cases.institutions] if rules.by_level and rules.institutions else cases.institutions
    found = weighing.of_cases(source.institution[used], source.group[used], source.cost[used], seats=seats, groups=len(cases.groups))
    if rules.weights is not None:
        found = weighing.published(found, list(cases.groups), dict(rules.weights))
    standing, because = _standing(cases, rules, found)
    return (_by_points if rules.method is Method.POINTS else _by_rate)(cases, rules, found, standing, because)


def unpaid(cases: Costs) -> Paid:
    """Where no rule says what is paid: weights from the cases themselves, and nothing else."""
    rules = Rules(Method.POINTS)
    used = weighed(cases, rules)
    found = weighing.of_cases(cases.institution[used], cases.group[used], cases.cost[used], seats=cases.institutions, groups=len(cases.groups))
    standing, because = _standing(cases, rules, found)
    none = np.full(len(cases), NONE, np.int64)
    weight = np.where(_is(standing, Standing.BY_GROUP), found.weight[cases.group], NONE)
    return Paid(standing, because, weight, none, none, none, none, np.zeros(len(cases), bool), none, found)


def weighed(cases: Costs, rules: Rules) -> Flags:
    """Cases whose cost makes the weights: grouped, carried through, not paid by the day, not excluded."""
    return (cases.group >= 0) & cases.complete & (cases.bed_day < 0) & (_excluded(cases, rules) == BECAUSES.index(Because.NONE))


def _excluded(cases: Costs, rules: Rules) -> npt.NDArray[np.int8]:
    because = np.full(len(cases), BECAUSES.index(Because.NONE), np.int8)
    known = cases.los >= 0
    if rules.without_bed_days:
        because[cases.bed_day >= 0] = BECAUSES.index(Because.BED_DAY)
    if rules.long_stay is not None:
        because[known & (cases.los >= rules.long_stay)] = BECAUSES.index(Because.LONG)
    if rules.short_stay is not None:
        because[known & (cases.los <= rules.short_stay)] = BECAUSES.index(Because.SHORT)
    return because


def _standing(cases: Costs, rules: Rules, weights: Weights) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.int8]]:
    """How each case is paid, and why where it is not simply by its group; a later line overrides an earlier one."""
    standing, because = np.full(len(cases), STANDINGS.index(Standing.BY_GROUP), np.int8), np.full(len(cases), BECAUSES.index(Because.NONE), np.int8)
    grouped = cases.group >= 0
    standing[~cases.complete] = STANDINGS.index(Standing.INCOMPLETE)
    panel = [(~grouped, Because.UNGROUPED), (grouped & (weights.weight[cases.group] == NONE), Because.NO_WEIGHT)]
    if rules.fewest_cases is not None:
        panel.append((grouped & (weights.count[cases.group] < rules.fewest_cases), Because.FEW))
    if rules.extreme_times is not None:
        mean = weights.mean[cases.group]
        panel.append((grouped & (mean > 0) & (cases.cost > formulas.scaled(mean, rules.extreme_times, formulas.UNIT)), Because.EXTREME))
    for which, why in panel:
        standing[which], because[which] = STANDINGS.index(Standing.PANEL), BECAUSES.index(why)
    standing[(standing == STANDINGS.index(Standing.PANEL)) & (cases.panel >= 0)] = STANDINGS.index(Standing.PANEL_DECIDED)
    by_day = cases.bed_day >= 0
    standing[by_day], because[by_day] = STANDINGS.index(Standing.BED_DAY), BECAUSES.index(Because.NONE)
    out = _excluded(cases, rules)
    gone = out != BECAUSES.index(Because.NONE)
    standing[gone], because[gone] = STANDINGS.index(Standing.EXCLUDED), out[gone]
    return standing, because


def _is(standing: npt.NDArray[np.int8], one: Standing) -> Flags:
    return np.asarray(standing == STANDINGS.index(one))


def _by_points(cases: Costs, rules: Rules, weights: Weights, standing: npt.NDArray[np.int8], because: npt.NDArray[np.int8]) -> Paid:
    """Points of each case, then the budget shared over all of them."""
    size = len(cases)
    whole, broken, by_day, decided = (_is(standing, one) for one in (Standing.BY_GROUP, Standing.INCOMPLETE, Standing.BED_DAY, Standing.PANEL_DECIDED))
    by_group = whole | broken
    weight = np.where(by_group, weights.weight[cases.group], NONE)
    base = np.where(by_group, formulas.base_point(1) * weight, NONE)
    coefficient = np.where(by_group, weights.coefficients(rules.new_group_coefficient)[cases.institution, cases.group], NONE)
    _needs_no_coefficient(cases, coefficient, by_group)
    before = np.full(size, NONE, np.int64)
    before[whole] = formulas.complete_points(base[whole], coefficient[whole])
    if broken.any():
        before[broken] = _incomplete(cases, rules, weights, base, coefficient, broken)
    before[by_day] = formulas.bed_day_points(np.array([rules.bed_days[code] for code in cases.bed_days] or [0], np.int64)[cases.bed_day[by_day]], cases.los[by_day].astype(np.int64))
    before[decided] = cases.panel[decided]
    points, returned = _after_return(cases, rules, before)
    return _shared(Paid(standing, because, weight, base, coefficient, before, points, returned, np.full(size, NONE, np.int64), weights), rules)


def _needs_no_coefficient(cases: Costs, coefficient: Numbers, by_group: Flags) -> None:
    silent = np.flatnonzero(by_group & (coefficient == NONE))
    if len(silent):
        at = int(silent[0])
        institution, group = cases.institutions[cases.institution[at]], cases.groups[cases.group[at]]
        raise Refused("no_coefficient", f"病案 {cases.ids[at]}：{institution} 在基期没有 {group} 组的病例，本地也没有规定新组的系数（settlement.payment.points 的 new_group_coefficient）。", "No coefficient for a group that is new at an institution.", field="coefficient")


def _incomplete(cases: Costs, rules: Rules, weights: Weights, base: Numbers, coefficient: Numbers, which: Flags) -> Numbers:
    mean = weights.mean[cases.group]
    if rules.incomplete is None or (mean[which] == 0).any():
        at = int(np.flatnonzero(which)[0])
        raise Refused("no_incomplete", f"病案 {cases.ids[at]}：住院不完整，本地没有规定怎样折算点数，或本组在基期没有完整的病例。", "The place has no rule for an incomplete stay, or its group no mean cost.", field="complete")
    if rules.incomplete is Incomplete.WITH_COEFFICIENT:
        return formulas.incomplete_with_coefficient(base[which], coefficient[which], cases.cost[which], mean[which])
    return formulas.incomplete_without_coefficient(base[which], cases.cost[which], mean[which])


def _after_return(cases: Costs, rules: Rules, points: Numbers) -> tuple[Numbers, Flags]:
    if rules.return_days is None:
        return points, np.zeros(len(cases), bool)
    soon = formulas.returned_too_soon(cases.person, cases.group.astype(np.int64), cases.admitted, cases.discharged, cases.excused, rules.return_days) & (points >= 0)
    return np.where(soon, formulas.kept_after_return(np.maximum(points, 0), rules.return_keeps), points), soon


def _shared(made: Paid, rules: Rules) -> Paid:
    """The budget less the reserve over all points; no pay where the place gives no budget."""
    if rules.budget is None:
        return made
    has = made.points >= 0
    pool, total = rules.budget - rules.reserve, int(made.points[has].sum())
    if pool < 0 or not total:
        raise Refused("nothing_to_share", f"预算减去风险金为 {Money(pool)} 元，全部点数为 {total // formulas.UNIT}，不能算出点值。", "There is no point value: no points, or the reserve is larger than the budget.", field="budget")
    value = formulas.point_value(pool, total)
    pay = made.pay.copy()
    pay[has] = formulas.pay_by_points(made.points[has], value)
    return Paid(made.standing, made.because, made.weight, made.base, made.coefficient, made.before_return, made.points, made.returned, pay, made.weights, value, pool - int(pay[has].sum()))


def _by_rate(cases: Costs, rules: Rules, weights: Weights, standing: npt.NDArray[np.int8], because: npt.NDArray[np.int8]) -> Paid:
    """Base rate × weight × adjustment of the institution's level; the source gives no rate for a day or for a stay that was not carried through, so these are named and not paid."""
    assert rules.rate is not None and rules.institutions is not None
    because = because.copy()
    because[_is(standing, Standing.BED_DAY)] = BECAUSES.index(Because.NO_BED_DAY_RATE)
    because[_is(standing, Standing.INCOMPLETE)] = BECAUSES.index(Because.NO_INCOMPLETE_RATE)
    by_group, decided = _is(standing, Standing.BY_GROUP), _is(standing, Standing.PANEL_DECIDED)
    weight = np.where(by_group, weights.weight[cases.group], np.where(decided, cases.panel, NONE))
    adjustment = np.array([rules.adjustments[rules.institutions[one]] for one in cases.institutions], np.int64)[cases.institution]
    pay, none, has = np.full(len(cases), NONE, np.int64), np.full(len(cases), NONE, np.int64), weight >= 0
    pay[has] = formulas.adjusted(formulas.standard_by_rate(rules.rate, weight[has]), adjustment[has])
    return Paid(standing, because, weight, none, np.where(has, adjustment, NONE), none, none, np.zeros(len(cases), bool), pay, weights)
