"""Questions on the codes of a record: what is asked, what is left alone, and that nothing proposes a code to add."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.claims_payment.conftest import Rows, read
from tests.drg import reference
from yilianti.cli.commands import drg
from yilianti.settlement.claims.coding.questions import Desk, ask
from yilianti.settlement.claims.coding.terms import Kind
from yilianti.settlement.claims.grouping import Case, Engine, read_folder

HEADER = "id,gender,age,age_days,weight_g,los,discharge_type,dx,op,dx_costs,op_costs\n"


def checked(home: Path, rows: str) -> tuple[int, Rows]:
    source, target = home / "cases.csv", home / "questions.csv"
    source.write_text(HEADER + rows, encoding="utf-8")
    return drg.main(["check", "--scheme", "demo", "--in", str(source), "--out", str(target)]), read(target)


def asked(rows: Rows) -> list[tuple[str, str, str, str]]:
    return [(row["kind"], row["place"], row["code"], row["other"]) for row in rows]


@pytest.mark.parametrize(("row", "questions"), [
    ("1,2,60,,,5,1,J18.900|E11.900,,,", [("一项决定轻重", "dx2", "E11.900", "ES13")]),
    ("1,2,60,,,5,1,J18.900,,,", []),
    ("1,1,60,,,5,1,J18.901|I10.x00,,,", [("编码对照", "dx1", "J18.901", "J18.900")]),
    ("1,1,60,,,5,1,J18.900|J96.001,,,", [("编码对照", "dx2", "J96.001", "J96.000"), ("并发症未计", "dx2", "J96.001", "J96.000"), ("一项决定轻重", "dx2", "J96.001", "ES11")]),
    ("1,1,60,,,5,1,J18.900|Q99.x,,,", [("编码不认识", "dx2", "Q99.x", "")]),
    ("1,1,60,,,5,1,J18.900|I10.x00|J18.901,,,", [("编码对照", "dx3", "J18.901", "J18.900"), ("编码重复", "dx3", "J18.901", "dx1")]),
    ("1,1,60,,,5,1,J18.900|I10.x00,,100.00|100.01,", [("资源消耗", "dx1", "J18.900", "I10.x00")]), ("1,1,60,,,5,1,J18.900|I10.x00,,100|100.00,", []),
    ("1,1,60,,,5,1,I21.900,88.5600|36.0600,,10|9000", [("编码不认识", "op1", "88.5600", ""), ("资源消耗", "op1", "88.5600", "36.0600")]),
    ("1,1,60,,,5,1,J18.900|K35.800,47.0100,,", [("手术与主要诊断", "dx1", "J18.900", "K35.800")]), ("1,1,60,,,5,1,J18.900,47.0100,,", [("手术与主要诊断", "op1", "47.0100", "")]),
    ("1,2,60,,,5,1,C61.x00,,,", [("不能入组", "dx1", "C61.x00", "")]), ("1,2,60,,,5,1,,,,", [("不能入组", "dx1", "", "")]),
])  # fmt: skip
def test_what_is_asked(home: Path, row: str, questions: list[tuple[str, str, str, str]]) -> None:
    code, rows = checked(home, row + "\n")
    assert code == 0 and [one for one in asked(rows) if one[0] != "不能入组" or questions and questions[0][0] == "不能入组"] == questions


@pytest.mark.parametrize(("row", "said"), [
    ("1,1,60,,,5,1,J18.900|I10.x00,,100,", "第 2 行 dx_costs 为“100”：有 1 项，dx 有 2 项"), ("1,1,60,,,5,1,J18.900,,1.001,", "dx_costs 为“1.001”：“1.001”应是不小于 0"),
    ("1,1,60,,,5,1,J18.900,36.0600,,-3", "op_costs 为“-3”"), ("1,7,60,,,5,1,J18.900,,,", "gender 为“7”"),
])  # fmt: skip
def test_a_faulty_row_is_named_and_nothing_is_written(home: Path, row: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert checked(home, row + "\n") == (2, [])
    assert said in capsys.readouterr().err
    assert sorted(one.name for one in home.iterdir()) == ["cases.csv", "home"]


@reference.needed
def test_the_published_map_and_lists() -> None:
    desk = Desk(Engine(read_folder(reference.FOLDER, "chs11")))

    def questions(*dx: str, op: tuple[str, ...] = ()) -> dict[str, tuple[str, str]]:
        case = Case("1", 2, 60, -1, -1, dx, op)
        return {one.kind: (one.code, one.other) for one in ask(desk, case, desk.engine.one(desk.read(case)))}

    with (reference.FOLDER / "icd10_clinical_to_yibao.csv").open(encoding="utf-8-sig") as file:
        pairs = [(row["code"].strip(), row["value"].strip()) for row in csv.DictReader(file)]
    moved = [(code, value) for code, value in pairs if code != value]
    assert len(moved) > 4_000
    for code, value in moved[:300]:
        assert questions(code).get(Kind.MAPPED) == (code, value)
    assert Kind.MAPPED not in questions("J18.900")
    # words of a question never bring in a code that stands neither in the record nor in the map
    assert questions("K22.301", "K11.901", "E11.900", "I10.x05", op=("96.0800x005",)).get(Kind.ALONE) == ("K11.901", "GZ13")
    # an operation on the gallbladder, pneumonia named first
    assert questions("J18.900", "K80.000x004", op=("51.2300",))[Kind.OPERATION] == ("J18.900", "K80.000x004")
