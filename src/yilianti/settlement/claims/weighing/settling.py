"""From a file of grouped cases to files of what is paid, by the rules of a place on a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from yilianti.kernel.finding import Refused
from yilianti.settlement.claims.grouping.files import CasesRefused
from yilianti.settlement.claims.weighing import formulas, paying, results, sheets, working
from yilianti.settlement.claims.weighing.formulas import UNIT
from yilianti.settlement.claims.weighing.paying import STANDINGS, Costs, Paid
from yilianti.settlement.claims.weighing.rules import Rules
from yilianti.settlement.claims.weighing.terms import Method


@dataclass(frozen=True)
class Settled:
    """Cases, what they are paid, and the rules it was done by."""

    cases: Costs
    paid: Paid
    rules: Rules

    def counts(self) -> dict[str, int]:
        """Cases by how they are paid."""
        places, counts = np.unique(self.paid.standing, return_counts=True)
        return {str(STANDINGS[place]): int(count) for place, count in zip(places, counts, strict=True)}

    def working_of(self, wanted: str) -> list[working.Step]:
        """The working of one case; raises CasesRefused where the file has none of that id."""
        ids = self.cases.ids.to_pylist()
        if wanted not in ids:
            raise CasesRefused([f"文件里没有病案 {wanted}。"])
        return list(working.steps(ids.index(wanted), self.cases, self.paid, self.rules))


def settled(source: Path, rules: Rules, groups: Sequence[str], *, base: Path | None = None, institutions: Path | None = None) -> Settled:
    """Read, weigh and pay a file; raises CasesRefused with row, column and value, or Refused where the place is silent."""
    known = institutions_of(rules, institutions)
    cases = sheets.read(source, rules, known, groups)
    earlier = sheets.read(base, rules, known, groups) if base else None
    return Settled(cases, paying.paid(cases, replace(rules, institutions=known), earlier), rules)


def institutions_of(rules: Rules, path: Path | None) -> Mapping[str, str]:
    """Who is paid here: a file, or the policy of the place; every level has its adjustment where a rate is paid."""
    known = sheets.institutions_of(path) if path else rules.institutions
    return complete(known, rules)


def complete(known: Mapping[str, str] | None, rules: Rules) -> Mapping[str, str]:
    """The institutions, if the rules can be used with them; raises Refused."""
    if not known:
        raise Refused("no_institutions", "不知道本地有哪些机构：请用 --institutions 给一张表（institution,level），或写一版 settlement.payment.institutions。", "Nobody says which institutions there are.", field="institutions")
    lacking = sorted({level for level in known.values() if level not in rules.adjustments}) if rules.method is Method.RATE else []
    if lacking:
        raise Refused("no_adjustment", f"settlement.payment.rate 没有等级“{lacking[0]}”的调整系数。", "The rate has no adjustment for a level.", field="level")
    bare = sorted(one for one, level in known.items() if not level) if rules.by_level else []
    if bare:
        raise Refused("no_level", f"本地的机构系数按等级计算，机构表里 {bare[0]} 没有等级（level）。", "Coefficients are by level here, and an institution has none.", field="level")
    return known


def write(done: Settled, target: Path, index: Path | None = None) -> None:
    """What each case is paid, and by institution and department; both files or none."""
    tables = [(target, results.table(done.cases, done.paid))]
    results.write([*tables, (index, results.index(done.cases, done.paid))] if index else tables)


def scores_paid(source: Path, target: Path, rules: Rules, groups: Sequence[str], institutions: Path | None = None) -> tuple[int, int, int]:
    """DIP: score × settlement point value for every row of a file (id, institution, department, cost, dip, score) into another; (point value, Σ scores, what rounding leaves of the pool)."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if rules.budget is None:
        raise Refused("no_budget", "本地没有总额预算（settlement.payment.budget），不能算结算点值。", "The place gives no budget, so there is no settlement point value.", field="budget")
    known, faults = tuple(institutions_of(rules, institutions)), sheets.Faults(2)
    text = sheets.columns(source, ("id", "institution", "department", "cost", "dip", "score"))
    ids, cost, score = sheets.unique(text["id"], faults), sheets.money("cost", text["cost"], faults), sheets.decimals("score", text["score"], faults)
    sheets.place_in("institution", text["institution"], known, faults, "不在机构表里")
    group = sheets.place_in("dip", text["dip"], groups, faults, "病种方案里没有这个病种", empty=True)
    faults.note("score", text["score"], pa.array((group >= 0) != (score >= 0)), "有病种应有分值，没有病种应为空")
    faults.settle()
    has = score >= 0
    total = int(score[has].sum())
    if not total or rules.budget < rules.reserve:
        raise Refused("nothing_to_share", f"全部分值为 {total // UNIT}，或风险金大于预算，不能算出点值。", "There is no point value: no scores, or the reserve is larger than the budget.", field="budget")
    value = formulas.point_value(rules.budget - rules.reserve, total)
    pay = np.full(len(score), -1, np.int64)
    pay[has] = formulas.pay_by_points(score[has], value)
    made = pa.table({**{name: text[name] for name in ("institution", "department", "dip")}, "score": results.decimals(score), "pay": results.money(pay, has), "cost": results.money(cost), "difference": results.money(pay - cost, has)})
    results.write([(target, made.add_column(0, "id", ids).append_column("status", pc.if_else(pa.array(has), "按分值付费", "特病单议")))])
    return value, total, rules.budget - rules.reserve - int(pay[has].sum())
