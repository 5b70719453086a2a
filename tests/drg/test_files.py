"""Tables with holes and cases with faults are refused by file, row and value, and nothing is written."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from yilianti.cli.commands import drg
from yilianti.settlement.claims import grouping

DEMO = Path(__file__).parents[2] / "demo/drg_tables"
HEADER = "id,gender,age,age_days,weight_g,los,discharge_type,dx,op\n"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("YILIANTI_HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    return tmp_path


def imported(home: Path) -> None:
    assert drg.main(["import", str(DEMO), "--scheme", "demo"]) == 0


def grouped(home: Path, rows: str, header: str = HEADER) -> tuple[int, list[dict[str, str]]]:
    source, target = home / "cases.csv", home / "groups.csv"
    source.write_text(header + rows, encoding="utf-8")
    code = drg.main(["group", "--scheme", "demo", "--in", str(source), "--out", str(target)])
    if not target.exists():
        return code, []
    with target.open(encoding="utf-8") as file:
        return code, list(csv.DictReader(file))


def test_a_file_of_cases_is_grouped(home: Path) -> None:
    imported(home)
    code, rows = grouped(home, "1,1,60,21900,,5,1,I21.900|I50.900|E11.900,36.0600\n2,2,60,,,5,1,J44.100|J96.000|E11.900,\n3,1,0,3,1800,9,1,P22.000|P07.300,\n4,2,60,,,5,1,C61.x00,\n5,1,60,,,5,1,,\n")
    assert code == 0
    assert [(row["id"], row["drg"], row["status"]) for row in rows] == [
        ("1", "FM19", "分组成功"), ("2", "ER13", "分组成功"), ("3", "PS19", "分组成功"), ("4", "", "性别与主要诊断不符"), ("5", "", "主要诊断为空"),
    ]  # fmt: skip


@pytest.mark.parametrize(("rows", "said"), [
    ("1,3,60,,,5,1,J18.900,\n", "第 2 行 gender 为“3”"), ("1,1,sixty,,,5,1,J18.900,\n", "第 2 行 age 为“sixty”"), ("1,1,60,,,5,1,J18.900,\n,1,60,,,5,1,J18.900,\n", "第 3 行 id 为“”"),
    ("1,1,60,,-3,5,1,J18.900,\n", "weight_g 为“-3”"), ("1,1,200,,,5,1,J18.900,\n", "age 为“200”"), ("1,1,60\n", "读不出"),
])  # fmt: skip
def test_a_faulty_row_is_named_and_nothing_is_written(home: Path, rows: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    imported(home)
    assert grouped(home, rows) == (2, [])
    assert said in capsys.readouterr().err
    assert sorted(one.name for one in home.iterdir()) == ["cases.csv", "home"]


def test_a_missing_column_and_an_unknown_scheme(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert grouped(home, "") == (2, []) and "请先用 drg import 装入" in capsys.readouterr().err
    imported(home)
    assert grouped(home, "1,1,60\n", header="id,gender,age\n") == (2, []) and "缺少 dx 列" in capsys.readouterr().err


HOLES = {
    "drg_names.csv": ("FM19,急性心肌梗死支架置入（示范）\n", "", "没有 FM19 的名称"), "mcc.csv": ("J96.000,1", "J96.000,high", "J96.000=high"), "valid_ops.csv": ("code,value", "编码,名称", "表头应有 code、value"),
    "cc.csv": ("E11.900,2", "E11.900,2\nE11.900,3", "E11.900 前后两次的值不同"),
    "adrg.json": ('"rule": "always"', '"rule": "full_moon"', "不认识的条件“full_moon”"), "mdc.json": ('"PR1",', '"PR9",', "PR9，adrg.json 里没有"),
}


@pytest.mark.parametrize("file", HOLES)
def test_a_table_with_a_hole_is_refused(home: Path, file: str, capsys: pytest.CaptureFixture[str]) -> None:
    folder = home / "tables"
    shutil.copytree(DEMO, folder)
    before, after, said = HOLES[file]
    text = (folder / file).read_text(encoding="utf-8")
    assert before in text
    (folder / file).write_text(text.replace(before, after), encoding="utf-8")
    assert drg.main(["import", str(folder), "--scheme", "demo"]) == 2
    assert said in capsys.readouterr().err and not (home / "home/drg").exists()
    (folder / file).unlink()
    assert drg.main(["import", str(folder), "--scheme", "demo"]) == 2 and f"{file}：读不到" in capsys.readouterr().err


def test_lists_that_are_none_are_refused(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = home / "tables"
    shutil.copytree(DEMO, folder)
    (folder / "adrg.json").write_text('{"ES1": {"rule": "main_dx", "dx": "J18.900", "drg": [1]}, "X": 3}', encoding="utf-8")
    assert drg.main(["import", str(folder), "--scheme", "demo"]) == 2
    said = capsys.readouterr().err
    assert "ES1 的 dx、drg 应是列表" in said and "X 应是一个对象" in said


def test_a_scheme_is_kept_whole_and_known_by_its_fingerprint(home: Path) -> None:
    first = grouping.read_folder(DEMO, "demo")
    grouping.keep(first, home)
    again = grouping.opened(home, "demo")
    assert again == first and len(again.fingerprint) == 64


def test_a_case_is_explained(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    imported(home)
    (home / "cases.csv").write_text(HEADER + "7,2,60,,,5,1,J44.100|J96.000|E11.900,\n", encoding="utf-8")
    capsys.readouterr()
    assert drg.main(["why", "--scheme", "demo", "--in", str(home / "cases.csv"), "--id", "7"]) == 0
    said = capsys.readouterr().out
    assert "ER13" in said and "J96.000：MCC，与主要诊断互斥，不计" in said and "ER15" in said
    assert drg.main(["why", "--scheme", "demo", "--in", str(home / "cases.csv"), "--id", "8"]) == 2
