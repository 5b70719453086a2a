"""DIP on the command line: catalogues in, cases in, scores out; whatever is faulty is named and nothing is written."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from yilianti.cli.commands import dip as command
from yilianti.settlement.claims.weighing import dip

DEMO = Path(__file__).parents[2] / "demo/dip_tables"
HEADER = "id,gender,age,age_days,weight_g,los,discharge_type,dx,op\n"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("YILIANTI_HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    return tmp_path


def grouped(home: Path, rows: str) -> tuple[int, list[dict[str, str]]]:
    (home / "cases.csv").write_text(HEADER + rows, encoding="utf-8")
    code = command.main(["group", "--scheme", "demo", "--in", str(home / "cases.csv"), "--out", str(home / "groups.csv")])
    out = home / "groups.csv"
    return code, list(csv.DictReader(out.open(encoding="utf-8"))) if out.exists() else []


def imported(home: Path) -> None:
    assert command.main(["import", str(DEMO), "--scheme", "demo"]) == 0


def test_a_file_of_cases_is_scored(home: Path) -> None:
    imported(home)
    code, rows = grouped(home, "1,1,82,,,6,1,I21.900|N18.900,36.0600|88.5600\n2,2,60,,,6,1,I21.900,88.5600|45.1300\n3,2,,,,,1,J18.900,\n4,2,5,,,4,1,,\n")
    assert code == 0
    assert [tuple(row.values()) for row in rows] == [
        ("1", "核心病种", "S0001", "1850.0000", "AGE2|CCI1", "2097.9000", ""), ("2", "综合病种", "Z22", "340.0000", "", "340.0000", ""),
        ("3", "核心病种", "S0005", "210.2500", "", "210.2500", "AGE1|AGE2"), ("4", "主要诊断为空", "", "", "", "", ""),
    ]  # fmt: skip


def test_a_faulty_row_is_named_and_nothing_is_written(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    imported(home)
    assert grouped(home, "1,3,60,,,5,1,J18.900,\n") == (2, [])
    assert "第 2 行 gender 为“3”" in capsys.readouterr().err
    assert sorted(one.name for one in home.iterdir()) == ["cases.csv", "home"]


HOLES = {
    "core.csv": ("I21,36.06|36.07,,1850", "I21,36.06|36.99,,0", ("S0001 的 ops“36.99”在 operations.csv 里没有", "S0001 的 score“0”")), "composite.csv": ("Z14,", "Z13,", ("编码 Z13 重复",)),
    "operations.csv": ("96.7100,机械通气少于96小时,therapeutic", "96.7100,机械通气少于96小时,big", ("class“big”不认识",)), "auxiliary.csv": (",0,6,,,,,,1.12,", ",,,,,,,,1.12,3", ("AGE1 没有条件", "写且只写一项")),
    "scheme.json": ('"auxiliary": "all"', '"auxiliary": "some"', ("auxiliary 应是 highest、all 之一",)), "icd10_yibao.csv": ("K35.800,急性阑尾炎", "K35.800,", ("缺 value",)),
}  # fmt: skip


@pytest.mark.parametrize("file", HOLES)
def test_a_table_with_a_hole_is_refused(home: Path, file: str, capsys: pytest.CaptureFixture[str]) -> None:
    folder = home / "tables"
    shutil.copytree(DEMO, folder)
    before, after, said = HOLES[file]
    text = (folder / file).read_text(encoding="utf-8")
    assert before in text
    (folder / file).write_text(text.replace(before, after), encoding="utf-8")
    assert command.main(["import", str(folder), "--scheme", "demo"]) == 2
    told = capsys.readouterr().err
    assert all(one in told for one in said) and not (home / "home/dip").exists()
    (folder / file).unlink()
    assert command.main(["import", str(folder), "--scheme", "demo"]) == 2 and f"{file}：读不到" in capsys.readouterr().err


@pytest.mark.parametrize(("row", "said"), [
    ("Z61,皮肤（示范）,K35,surgical,5", "诊断 K35 缺 conservative、diagnostic、therapeutic 的病种"), ("Z61,皮肤（示范）,K00-K50,surgical,5", "都包含诊断 K35.800"),
])  # fmt: skip
def test_composite_groups_leave_nobody_out_and_nobody_twice(home: Path, row: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    folder = home / "tables"
    shutil.copytree(DEMO, folder)
    with (folder / "composite.csv").open("a", encoding="utf-8") as file:
        file.write(row + "\n")
    assert command.main(["import", str(folder), "--scheme", "demo"]) == 2
    assert said in capsys.readouterr().err


def test_a_scheme_is_kept_whole_and_known_by_its_fingerprint(home: Path) -> None:
    first = dip.read_folder(DEMO, "demo")
    dip.keep(first, home)
    again = dip.opened(home, "demo")
    assert again == first and len(again.fingerprint) == 64


def test_a_case_is_explained(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    imported(home)
    (home / "cases.csv").write_text(HEADER + "7,2,5,,,4,1,J18.900|J96.000,96.7100\n", encoding="utf-8")
    assert command.main(["why", "--scheme", "demo", "--in", str(home / "cases.csv"), "--id", "7"]) == 0
    said = capsys.readouterr().out
    assert "Z33" in said and "728.0000 乘 1.2500，得 910.0000" in said
    assert command.main(["why", "--scheme", "demo", "--in", str(home / "cases.csv"), "--id", "8"]) == 2
