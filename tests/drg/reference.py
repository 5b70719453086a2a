"""The same tables read the slow, plain way, one case at a time: what the vectorised grouper is compared with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any

import pytest

from yilianti.settlement.claims.grouping.cases import Case
from yilianti.settlement.claims.grouping.scheme import Scheme

FOLDER = Path(__file__).parents[3] / "shared/data/terminology_drg"
needed = pytest.mark.skipif(not FOLDER.exists(), reason="../shared/data/terminology_drg is absent")


def grouped(scheme: Scheme, case: Case) -> tuple[str, str]:
    """(ADRG, group); empty where the case is in none."""
    if not case.dx or case.dx[0] not in scheme.tables["icd10_yibao"] and not any(case.dx[0] in line.get("dx", ()) for line in (*scheme.mdc.values(), *scheme.adrg.values())):
        return "", ""
    for code in scheme.mdc_order:
        mdc = scheme.mdc[code]
        if not holds(mdc["entry"], mdc, scheme, case):
            continue
        for name in mdc["adrg_order"]:
            adrg = scheme.adrg[name]
            if holds(adrg["rule"], adrg, scheme, case):
                return name, next(group["code"] for group in adrg["drg"] if severe(group["severity"], scheme, case))
    return "", ""


def holds(spelling: str, line: Mapping[str, Any], scheme: Scheme, case: Case) -> bool:
    valid, principal = scheme.tables["valid_ops"], case.op[0] if case.op else None
    weight = re.search(r"weight\[(\d+),(\w+)\)", spelling)
    if weight and not (int(weight[1]) <= case.weight_g and (weight[2] == "inf" or case.weight_g < int(weight[2]))):
        return False
    groups = re.search(r"op_groups:([\d&|]+)", spelling)
    if groups:
        has = {group for op, group in zip(line["op"], line["op_group"], strict=True) if op in case.op}
        if not any(set(way.split("&")) <= has for way in groups[1].split("|")):
            return False
    plain = {part for part in re.sub(r"weight\[[^)]*\)|op_groups:[\d&|]+", "", spelling).split("+") if part}
    said = {
        "always": lambda: True, "main_dx": lambda: case.dx[0] in line["dx"], "any_dx": lambda: bool(set(case.dx) & set(line["dx"])), "main_op": lambda: principal in line["op"],
        "any_op": lambda: bool(set(case.op) & set(line["op"])), "any_op1": lambda: bool(set(case.op) & set(line["op1"])), "main_op_valid": lambda: principal in valid,
        "no_valid_op": lambda: not set(case.op) & set(valid), "two_regions": lambda: sum(bool(set(case.dx) & set(codes)) for codes in line["regions"].values()) >= 2,
        "age=0": lambda: case.age == 0, "age<=28d": lambda: 0 <= case.age_days <= 28, "male": lambda: case.sex == 1, "female": lambda: case.sex == 2,
    }  # fmt: skip
    return all(said[part]() for part in plain)


def severe(severity: str, scheme: Scheme, case: Case) -> bool:
    mcc, cc, excluded = (scheme.tables[name] for name in ("mcc", "cc", "cc_exclusion"))

    def counts(lists: Mapping[str, str]) -> bool:
        return any(one in lists and lists[one] != excluded.get(case.dx[0]) for one in case.dx[1:])

    return {"mcc": counts(mcc), "mcc_or_cc": counts(mcc) or counts(cc), "any": True}[severity]


def case_for(scheme: Scheme, adrg: str, chance: Random) -> Case:
    """A case made to reach an ADRG; it need not, where an earlier one takes it."""
    line, mdc = scheme.adrg[adrg], scheme.mdc[scheme.adrg[adrg]["mdc"]]
    rule, entry = line["rule"], mdc["entry"]
    inside = line["dx"] if "main_dx" in rule else mdc["dx"] or [*scheme.tables["icd10_yibao"]]
    dx = [chance.choice([code for code in inside if "main_dx" not in entry or code in mdc["dx"]] or inside)]
    if "any_dx" in rule:
        dx.append(chance.choice(line["dx"]))
    if "two_regions" in entry:
        dx += [chance.choice(codes) for codes in chance.sample([*mdc["regions"].values()], 3)]
    dx += chance.choices([*scheme.tables["cc"], *scheme.tables["mcc"]], k=chance.choice((0, 0, 1, 2)))
    op = [chance.choice(line["op"])] if line["op"] else [chance.choice([*scheme.tables["valid_ops"]])] if "main_op_valid" in rule else []
    if "op_groups" in rule:
        op = [chance.choice([code for code, group in zip(line["op"], line["op_group"], strict=True) if group == wanted]) for wanted in sorted(set(line["op_group"]))]
    op += [chance.choice(line["op1"])] if "op1" in line else []
    newborn = "age<=28d" in rule
    days = chance.randint(0, 28) if newborn else chance.randint(29, 360) if "age=0" in entry else chance.randint(6_000, 33_000)
    weight = re.search(r"weight\[(\d+),(\w+)\)", rule)
    grams = chance.randint(int(weight[1]), 4_000 if weight[2] == "inf" else int(weight[2]) - 1) if weight else -1
    sex = 1 if "male" in entry.split("+") else 2 if "female" in entry.split("+") else chance.choice((1, 2))
    return Case(adrg, sex, days // 365, days, grams, tuple(dx), tuple(op))
