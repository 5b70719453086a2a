"""./yilianti codes import: preview, errors by row, once only, seen by a running platform."""

from __future__ import annotations

import shutil
import time
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from yilianti import policybook
from yilianti.cli.commands import codes, policies
from yilianti.kernel.actor import Scope
from yilianti.policybook.shelf import SHIPPED, Shelf

WHOLE = Path("../shared/data/terminology_drg/icd10_yibao.csv")
HERE = Scope("yunxi", "349901")
TODAY = date.today()  # noqa: DTZ011 - the commands take the day at the keyboard


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("YILIANTI_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(policybook, "_shelf", None)
    # The commands write locks: they get a copy of what is shipped, never the files of the repository.
    shutil.copytree(SHIPPED, tmp_path / "policies")
    monkeypatch.setattr(policybook, "open_at", partial(policybook.open_at, shipped=tmp_path / "policies"))
    policybook.open_at(tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "icd.csv"
    path.write_text("编码,名称\nI10.x00x002,高血压\nJ44.900,慢性阻塞性肺病\nZ99.999,示例病\n", encoding="utf-8")
    return path


def load(*argv: object) -> int:
    return codes.main(["import", *map(str, argv)])


def test_import_previews_writes_locks_and_is_idempotent(
    home: Path, table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    running = Shelf(home.parent / "policies", home)
    assert len(policybook.Catalogue.of(running.book().in_force("catalogues.diagnoses", TODAY, HERE))) > 500
    assert load(table, "--dry-run") == 0
    assert "新增 1，改名 0，不变 2" in capsys.readouterr().out
    assert not (home / "policies").exists(), "预览不写入"
    assert load(table, "--source", "云溪县病案室（示例）") == 0
    assert "3 条" in capsys.readouterr().out
    edition = running.refresh().in_force("catalogues.diagnoses", TODAY, HERE)
    catalogue = policybook.Catalogue.of(edition)
    assert edition.policy_ref == f"catalogues.diagnoses@{TODAY}#local/yunxi" and edition.is_local_parameter
    assert [row.code for row in catalogue.search("mzf")] == ["J44.900"], "别名随编码带过来"
    assert edition.policy_ref in (home / "policies/local/editions.lock").read_text(encoding="utf-8")
    before = {path: path.stat().st_mtime_ns for path in home.rglob("*") if path.is_file()}
    assert load(table) == 0
    assert "无需写入" in capsys.readouterr().out
    assert {path: path.stat().st_mtime_ns for path in home.rglob("*") if path.is_file()} == before


def test_another_consortium_keeps_the_shipped_table(home: Path, table: Path) -> None:
    assert load(table) == 0
    assert len(policybook.catalogue("catalogues.diagnoses", TODAY, Scope("other"))) > 500


def test_errors_are_named_by_row_and_nothing_is_written(
    home: Path, table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table.write_text(
        "编码,名称\nI10.x00x002,高血压\n,没有编码\n高血压,I10\nI10.x00x002,另一个名称\nI10.x00x002,高血压\n",
        encoding="utf-8",
    )
    assert load(table) == 1
    said = capsys.readouterr()
    assert "可用 1 行，重复 1 行，有错 3 行" in said.out
    assert (
        "第 3 行：编码为空" in said.out
        and "第 4 行：编码“高血压”" in said.out
        and "第 5 行" in said.out
        and "名称不同" in said.out
    )
    assert "--skip-errors" in said.err and not (home / "policies").exists()
    assert load(table, "--skip-errors") == 0


def test_a_second_table_of_the_same_day_is_refused_and_of_another_day_taken(
    home: Path, table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert load(table) == 0
    first = (home / "policies/local/yunxi/catalogues/diagnoses.toml").read_bytes()
    table.write_text("编码,名称\nI10.x00x002,高血压\n", encoding="utf-8")
    assert load(table) == 1
    assert "--effective-from" in capsys.readouterr().err
    assert (home / "policies/local/yunxi/catalogues/diagnoses.toml").read_bytes() == first
    assert load(table, "--effective-from", "2099-01-01") == 0
    assert len(policybook.catalogue("catalogues.diagnoses", date(2099, 1, 1), HERE)) == 1
    assert len(policybook.catalogue("catalogues.diagnoses", TODAY, HERE)) == 3


@pytest.mark.parametrize(
    ("content", "argv", "said"),
    [
        ("甲,乙\n1,2\n".encode(), [], "--code-column"),
        ("编码,乙\n1,2\n".encode(), [], "--name-column"),
        ("编码,名称\n1,2\n".encode(), ["--code-column", "代号"], "没有“代号”列"),
        (b"\xff\xff\xff", [], "GB18030"),
        (b"", [], "--code-column"),
    ],
)
def test_an_unreadable_table_says_what_to_do(
    home: Path, table: Path, capsys: pytest.CaptureFixture[str], content: bytes, argv: list[str], said: str
) -> None:
    table.write_bytes(content)
    assert load(table, *argv) == 1
    assert said in capsys.readouterr().err


def test_gb18030_and_tabs_are_read(home: Path, table: Path) -> None:
    table.write_bytes("诊断代码\t诊断名称\nI10.x00x002\t高血压\n".encode("gb18030"))
    assert load(table) == 0
    found = policybook.catalogue("catalogues.diagnoses", TODAY, HERE).get("I10.x00x002")
    assert found is not None and found.name == "高血压"


def test_a_missing_file_is_named(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert load(tmp_path / "none.csv") == 1
    assert "打不开文件" in capsys.readouterr().err


def test_policies_check_and_lock(home: Path, table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert load(table) == 0
    (home / "policies/local/editions.lock").unlink()
    assert policies.main(["check"]) == 1
    assert "未锁定：catalogues.diagnoses" in capsys.readouterr().out
    assert policies.main(["lock"]) == 0
    assert policies.main(["check"]) == 0
    written = home / f"policies/local/yunxi/catalogues/diagnoses-{TODAY}.csv"
    written.write_text(written.read_text(encoding="utf-8").replace("示例病", "改名"), encoding="utf-8")
    assert policies.main(["check"]) == 1
    assert "已经生效，内容却被改动" in capsys.readouterr().err


@pytest.mark.skipif(not WHOLE.exists(), reason="没有 ../shared/data/terminology_drg/icd10_yibao.csv")
def test_the_complete_insurance_edition_is_loaded_and_quick(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert load(WHOLE) == 0
    assert "33304/33304" in capsys.readouterr().out
    catalogue = policybook.catalogue("catalogues.diagnoses", TODAY, HERE)
    assert len(catalogue) == 33_304
    for asked, code in {
        "ncz": "I64.x00",
        "脑卒中": "I64.x00",
        "慢阻肺": "J44.900",
        "i10.x00x002": "I10.x00x002",
        "gxy": "I10.x00x002",
    }.items():
        started = time.process_time()
        first = catalogue.search(asked, 20)[0]
        assert time.process_time() - started < 0.005
        assert first.code == code
