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
    departments = cases.department.dictionary_encode()
    place, names = departments.indices.to_numpy(zero_copy_only=False).astype(np.int64), departments.dictionary.to_pylist()
    keys = cases.institution.astype(np.int64) * len(names) + place
    rows: list[dict[str, str]] = []
    for at, institution in enumerate(cases.institutions):
        own = cases.institution == at
        if own.any():
            rows += [_row(institution, names[key % len(names)], keys == key, cases, found) for key in np.unique(keys[own]) if names[key % len(names)]]
            rows.append(_row(institution, "", own, cases, found))
    return pa.Table.from_pylist([*rows, _row("", "", np.ones(len(cases), bool), cases, found)])


def _row(institution: str, department: str, which: npt.NDArray[np.bool_], cases: Costs, found: Paid) -> dict[str, str]:
    weighs, paid = which & (found.weight >= 0), which & (found.pay >= 0)
    count, cost, pay = int(weighs.sum()), int(cases.cost[paid].sum()), int(found.pay[paid].sum())
    shown = {
        "cmi": decimals(_one(formulas.case_mix_index(int(found.weight[weighs].sum()), count) if count else -1)), "points": decimals(_one(int(np.maximum(found.points, 0)[which].sum()))),
        "cost": money(_one(int(cases.cost[which].sum()))), "paid_cost": money(_one(cost)), "pay": money(_one(pay)), "difference": money(_one(pay - cost)), "cost_of_pay": _fixed(_one(formulas.cost_of_pay(cost, pay)), 2),
    }  # fmt: skip
    return {"institution": institution, "department": department, "cases": str(int(which.sum())), "weighted": str(count), "paid": str(int(paid.sum())), **{name: one[0].as_py() for name, one in shown.items()}}


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
