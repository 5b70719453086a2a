"""`./yilianti followup ask` and `form`: the answer with its reasons, and what they refuse with a sentence."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.house import ROOT
from yilianti import policybook
from yilianti.cli.commands import followup

HOW_TO = (ROOT / "docs/how-to/add_a_programme.md").read_text(encoding="utf-8")
EXAMPLE: dict[str, Any] = json.loads(re.findall(r"```json\n(.*?)```", HOW_TO, re.S)[0])


@pytest.fixture(autouse=True)
def shipped() -> None:
    policybook.open_at(None)


def asked(folder: Path, given: Any, capsys: pytest.CaptureFixture[str], *args: str) -> tuple[int, str, str]:
    inputs = folder / "visit.json"
    inputs.write_text(given if isinstance(given, str) else json.dumps(given), encoding="utf-8")
    code = followup.main(["ask", "--programme", "hypertension", "--inputs", str(inputs), *args])
    told = capsys.readouterr()
    return code, told.out, told.err


def test_the_example_of_the_how_to(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = asked(tmp_path, EXAMPLE, capsys)
    assert code == 0, err
    told = json.loads(out)
    assert (told["class"], told["step"], told["refer"], told["next_on"], told["check_by"]) == ("unsatisfied", "running", "ordinary", "2026-11-15", "2026-11-15")
    assert all(reason["because"] and reason["policy_ref"] and reason["en"] for reason in told["reasons"]) and told["reasons"]
    assert asked(tmp_path, dict(reversed(EXAMPLE.items())), capsys)[1] == out


def test_a_place_with_its_own_pace(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    calm = {"on": "2026-11-01", "visit": {"way": "1", "sbp": 130, "dbp": 80, "danger": [], "adverse_reaction": "1", "complication": "1", "medicine_changed": True}}
    assert json.loads(asked(tmp_path, calm, capsys)[1])["next_on"] == "2027-02-01"
    assert json.loads(asked(tmp_path, calm, capsys, "--consortium", "sample-guideline-2025", "--region", "349901")[1])["next_on"] == "2026-12-01"


@pytest.mark.parametrize(("change", "said"), [
    ({"on": None}, "缺少 on"), ({"on": "1.11.2026"}, "on“1.11.2026”"), ({"visits": {}}, "没有“visits”"), ({"visit": []}, "visit 应是一个对象"), ({"visit": {"spb": 130}}, "没有“spb”"),
    ({"earlier": {}}, "earlier 应是一列"), ({"earlier": [{}]}, "都要有 on"), ({"earlier": [{"on": "2026-08-01", "classes": ["bad"]}]}, "classes 应是"), ({"earlier": [{"on": "2026-08-01", "goals": []}]}, "goals"),
    ({"earlier": [{"on": "2026-08-01", "sbp": 1}]}, "没有“sbp”"), ({"on": "2016-01-01"}, "没有随访项目"), ({"born_on": 1960}, "born_on"), ({"earlier": [{"on": "2016-01-01", "classes": None}]}, "没有"),
])  # fmt: skip
def test_what_cannot_be_used_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str], change: dict[str, Any], said: str) -> None:
    code, out, err = asked(tmp_path, {**EXAMPLE, **change}, capsys)
    assert code == 2 and out == "" and said in err and err.startswith("✗ ")


@pytest.mark.parametrize("text", ["", "{", "[]", "3"])
def test_what_is_no_object_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    assert asked(tmp_path, text, capsys)[0] == 2


def test_no_file_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert followup.main(["ask", "--programme", "copd", "--inputs", str(tmp_path / "none.json")]) == 2
    assert "none.json" in capsys.readouterr().err


def test_the_form(capsys: pytest.CaptureFixture[str]) -> None:
    assert followup.main(["form", "--programme", "copd", "--on", "2026-11-01"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["is_sample"] and told["says"] and {field["code"] for section in told["sections"] for field in section["fields"]} >= {"danger", "progress"}
    assert followup.main(["form", "--programme", "copd", "--on", "2020-01-01"]) == 2
