"""Files of what was paid: case by case, and by institution and department; whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pc_csv

from yilianti.settlement.claims.weighing import formulas
from yilianti.settlement.claims.weighing.formulas import Numbers
from yilianti.settlement.claims.weighing.paying import BECAUSES, STANDINGS, Costs, Paid

#: What is added up for each institution and department, exactly.
_SUMMED = ("cases", "weighted", "weight", "paid", "points", "cost", "paid_cost", "pay")
#: By these names, in whole cases, fen and ten-thousandths; `weighted` and `paid` count cases with a weight and with a pay, `paid_cost` is the cost of the latter.
Sums = dict[str, int]


def table(cases: Costs, found: Paid) -> pa.Table:
    """One row a case; a number that does not apply is empty."""
    paid = found.pay >= 0
    return pa.table({
        "id": cases.ids, "institution": spelled(cases.institution, cases.institutions), "department": cases.department, "drg": spelled(cases.group, cases.groups),
        "status": spelled(found.standing, STANDINGS), "because": spelled(found.because, BECAUSES), "weight": decimals(found.weight), "base": decimals(found.base), "coefficient": decimals(found.coefficient),
        "points": decimals(found.points), "returned": pc.if_else(pa.array(found.returned), "1", ""), "pay": money(found.pay, paid), "cost": money(cases.cost), "difference": money(found.pay - cases.cost, paid),
    })  # fmt: skip


def spelled(places: npt.NDArray[Any], words: Iterable[str]) -> Any:
    return pa.array(["", *(str(one) for one in words)], pa.string()).take(pa.array(places.astype(np.int64) + 1))


def decimals(units: Numbers) -> Any:
    """Ten-thousandths as text; empty where negative."""
    return pc.if_else(pa.array(units >= 0), _fixed(np.maximum(units, 0), 4), "")


def money(fen: Numbers, given: npt.NDArray[np.bool_] | None = None) -> Any:
    """Fen as text in 元, with a sign where negative."""
    text = pc.binary_join_element_wise(pc.if_else(pa.array(fen < 0), "-", ""), _fixed(np.abs(fen), 2), "")
    return text if given is None else pc.if_else(pa.array(given), text, "")


def _fixed(values: Numbers, places: int) -> Any:
    whole, part = np.divmod(values, 10**places)
    return pc.binary_join_element_wise(pa.array(whole).cast(pa.string()), pc.utf8_lpad(pa.array(part).cast(pa.string()), places, "0"), ".")


def index(cases: Costs, found: Paid) -> pa.Table:
    """By institution and department (an empty department is the whole institution, an empty institution all of them): cases, those with a weight, CMI, points, cost and pay of what is paid."""
    return pa.Table.from_pylist([_row(*one) for one in by_department(cases, found)])


def by_department(cases: Costs, found: Paid) -> list[tuple[str, str, Sums]]:
    """The same as whole numbers."""
    departments = cases.department.dictionary_encode()
    names = departments.dictionary.to_pylist()
    sums = _sums(cases, found, (cases.institution, departments.indices.to_numpy(zero_copy_only=False)), (len(cases.institutions), len(names)))
    rows: list[tuple[str, str, Sums]] = []
    for institution, own in zip(cases.institutions, sums, strict=True):
        rows += [(institution, name, _named(one)) for name, one in sorted(zip(names, own, strict=True), key=lambda pair: pair[0]) if name and one[0]]
        rows += [(institution, "", _named(own.sum(axis=0)))] if own[:, 0].any() else []
    return [*rows, ("", "", _named(sums.sum(axis=(0, 1))))]


def by_group(cases: Costs, found: Paid) -> list[tuple[str, Sums]]:
    """For each group with cases, the empty one being those without a group."""
    sums = _sums(cases, found, (cases.group + 1,), (len(cases.groups) + 1,))
    return [(code, _named(own)) for code, own in zip(("", *cases.groups), sums, strict=True) if own[0]]


def _sums(cases: Costs, found: Paid, at: tuple[npt.NDArray[Any], ...], shape: tuple[int, ...]) -> Numbers:
    weighs, paid = found.weight >= 0, found.pay >= 0
    summed: list[npt.NDArray[Any]] = [np.ones(len(cases), bool), weighs, np.where(weighs, found.weight, 0), paid, np.maximum(found.points, 0), cases.cost, np.where(paid, cases.cost, 0), np.where(paid, found.pay, 0)]
    sums = np.zeros((*shape, len(_SUMMED)), np.int64)
    for place, values in enumerate(summed):
        np.add.at(sums[..., place], at, values)
    return sums


def _named(sums: Numbers) -> Sums:
    return dict(zip(_SUMMED, sums.tolist(), strict=True))


def _row(institution: str, department: str, of: Sums) -> dict[str, str]:
    shown = {
        "cmi": decimals(_one(formulas.case_mix_index(of["weight"], of["weighted"]) if of["weighted"] else -1)), "points": decimals(_one(of["points"])), "cost": money(_one(of["cost"])), "paid_cost": money(_one(of["paid_cost"])),
        "pay": money(_one(of["pay"])), "difference": money(_one(of["pay"] - of["paid_cost"])), "cost_of_pay": _fixed(_one(formulas.cost_of_pay(of["paid_cost"], of["pay"])), 2),
    }  # fmt: skip
    return {"institution": institution, "department": department, **{name: str(of[name]) for name in ("cases", "weighted", "paid")}, **{name: one[0].as_py() for name, one in shown.items()}}


def _one(value: int) -> Numbers:
    return np.array([value], np.int64)


def write(tables: Sequence[tuple[Path, pa.Table]]) -> None:
    """All of these files or none."""
    parts = [target.with_name(f".{target.name}.part") for target, _ in tables]
    try:
        for part, (_, made) in zip(parts, tables, strict=True):
            pc_csv.write_csv(made, part, write_options=pc_csv.WriteOptions(quoting_style="needed"))
        for part, (target, _) in zip(parts, tables, strict=True):
            part.replace(target)
    finally:
        for part in parts:
            part.unlink(missing_ok=True)
