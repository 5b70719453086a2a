"""The published CHS-DRG 1.1 tables: the records that are known, every ADRG, and the slow reading of the same tables."""

from __future__ import annotations

from functools import cache
from random import Random

import pytest

from tests.drg import reference
from yilianti.settlement.claims.grouping import explaining, scheme
from yilianti.settlement.claims.grouping.cases import Case
from yilianti.settlement.claims.grouping.engine import Engine
from yilianti.settlement.claims.grouping.terms import Status

pytestmark = reference.needed


@cache
def engine() -> Engine:
    return Engine(scheme.read_folder(reference.FOLDER, "chs11"))


#: The printed record of the open grouper (sex, age and days as printed there), and five more outputs of it.
KNOWN = [
    (2, 88, 32_460, "K22.301|K11.901|E11.900|I10.x05", "96.0800x005", "MDCG", "GZ13"), (2, 88, 32_460, "K80.302|K80.305|K83.109|K72.905|Z90.408|E14.900x001", "51.8803|51.8701|54.5100x005|45.1301", "MDCH", "HC15"),
    (2, 30, 11_000, "K80.000x004", "51.2300", "MDCH", "HC29"), (2, 30, 11_000, "J18.900", "", "MDCE", "ES35"), (2, 30, 11_000, "I63.900|I10.x05", "", "MDCB", "BR25"), (2, 30, 11_000, "O82.000", "74.1x01", "MDCO", "OB19"),
]  # fmt: skip


@pytest.mark.parametrize(("sex", "age", "days", "dx", "op", "mdc", "drg"), KNOWN)
def test_known_records(sex: int, age: int, days: int, dx: str, op: str, mdc: str, drg: str) -> None:
    found = engine().one(Case("1", sex, age, days, -1, tuple(dx.split("|")), tuple(op.split("|")) if op else ()))
    assert (found.status, found.mdc, found.adrg, found.drg) == (Status.GROUPED, mdc, drg[:3], drg)


def test_every_adrg_is_reached_and_the_slow_reading_agrees() -> None:
    chance, made = Random(11), []
    for code in engine().scheme.adrg:
        for _ in range(400):
            case = reference.case_for(engine().scheme, code, chance)
            if engine().one(case).adrg == code:
                made.append(case)
                break
    assert {case.id for case in made} == set(engine().scheme.adrg), f"not reached: {sorted(set(engine().scheme.adrg) - {case.id for case in made})}"
    found = engine().many(made)
    assert [(one.adrg, one.drg) for one in found] == [reference.grouped(engine().scheme, case) for case in made]


def test_cases_at_random_agree_with_the_slow_reading() -> None:
    chance, tables = Random(12), engine().scheme
    codes, ops = [*tables.tables["icd10_yibao"]], [*tables.tables["icd9cm3_yibao"]]
    cases = [reference.case_for(tables, chance.choice([*tables.adrg]), chance) for _ in range(1500)]
    for number in range(500):
        age = chance.choice((0, 3, 40, 80))
        days = chance.randint(0, 364) if age == 0 else age * 365
        cases.append(Case(str(number), chance.choice((1, 2)), age, days, chance.choice((-1, 1400, 3000)), tuple(chance.choices(codes, k=4)), tuple(chance.choices(ops, k=chance.randint(0, 3)))))
    found = engine().many(cases)
    assert [(one.adrg, one.drg) for one in found] == [reference.grouped(tables, case) for case in cases]
    assert len({one.drg for one in found}) > 250


def test_why_and_what_would_have_changed_it() -> None:
    case = Case("1", 2, 88, 32_460, -1, ("K22.301", "K11.901", "E11.900", "I10.x05"), ("96.0800x005",))
    told = explaining.why(engine(), case)
    assert [step.code for step in told.steps if step.held] == ["MDCG", "GZ1", "GZ13"]
    assert explaining.Secondary("K11.901", "CC", True) in told.secondary
    changes = {one.grouped.drg: one.change for one in explaining.alternatives(engine(), case)}
    assert changes["GZ15"] == "若没有其他诊断 K11.901" and changes["DV19"].startswith("若主要诊断是 K11.901")
    assert "GZ13" not in changes


@pytest.mark.parametrize(("case", "status"), [
    (Case("1", 1), Status.NO_DIAGNOSIS), (Case("1", 1, 40, dx=("没有的码",)), Status.UNKNOWN_DIAGNOSIS), (Case("1", 2, 40, dx=("C61.x00",)), Status.WRONG_SEX),
    (Case("1", 0, 40, dx=("C61.x00",)), Status.NO_SEX), (Case("1", 1, dx=("P22.000",)), Status.NO_AGE),
])  # fmt: skip
def test_a_case_in_no_group_says_why(case: Case, status: Status) -> None:
    found = engine().one(case)
    assert (found.status, found.drg) == (status, "")
