"""`./yilianti settle work`: the steps it prints, the same bytes again, and what it refuses with a sentence."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.house import ROOT
from yilianti import policybook
from yilianti.cli.commands import settle

HOW_TO = (ROOT / "docs/how-to/settle_work.md").read_text(encoding="utf-8")
EXAMPLE: dict[str, Any] = json.loads(re.findall(r"```json\n(.*?)```", HOW_TO, re.S)[0])


@pytest.fixture(autouse=True)
def shipped() -> None:
    policybook.open_at(None)


def asked(folder: Path, given: Any, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    path = folder / "year.json"
    path.write_text(given if isinstance(given, str) else json.dumps(given, ensure_ascii=False), encoding="utf-8")
    code = settle.main(["work", "--inputs", str(path)])
    told = capsys.readouterr()
    return code, told.out, told.err


def test_the_example_of_the_how_to(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = asked(tmp_path, EXAMPLE, capsys)
    steps = json.loads(out)
    results = {step["name"]: step["result"] for step in steps}
    assert code == 0 and results["总额"] == "873999.99" and results["总额内支出"] == "824499.50" and results["留用"] == "49500.49"
    # 6 : 3 : 1 of 49 500.49 is 29 700.294, 14 850.147, 4 950.049: the fen left goes to the townships, split 88 : 81.5
    assert results["各级份额"] == {"县级": "29700.29", "乡镇": "14850.15", "村级": "4950.05"}
    assert [step["name"] for step in steps][:7] == ["基数", "总额", "人均", "第 1 期预付", "第 2 期预付", "第 3 期预付", "第 4 期预付"]
    townships = next(step["result"] for step in steps if step["name"] == "按得分分配" and "青山" in step["result"])
    assert townships == {"白水": "7140.34", "青山": "7709.81"}
    assert asked(tmp_path, dict(reversed(EXAMPLE.items())), capsys)[1] == out


def test_a_place_with_assessment_but_without_an_advance(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = asked(tmp_path, {"region": "440303", "on": "2026-12-31", "facts": {"persons": 1, "cohort_paid": 12.34}}, capsys)
    assert code == 0 and json.loads(out)[-1]["result"] == "不计算", err
    assert '"result":"12.34"' in out


def test_an_overspend_stays_with_the_levels(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = asked(tmp_path, {**EXAMPLE, "spending": {"members": "873999.99", "outside": "100"}}, capsys)
    steps = {step["name"]: step["result"] for step in json.loads(out)}
    assert code == 0 and steps["医共体承担"] == "-100.00" and steps["成员间分担"] == "不计算"
    assert steps["按比例分配"] == {"县级": "-60.00", "乡镇": "-30.00", "村级": "-10.00"}


def test_a_falling_growth_is_allowed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = asked(tmp_path, {"region": "440100", "on": "2026-12-31", "facts": {"persons": 1, "paid": ["100", "100", "100"], "growth": "-2.5%"}}, capsys)
    assert code == 0 and json.loads(out)[0]["result"] == "97.50", err


@pytest.mark.parametrize(("change", "said"), [
    ({"facts": {"funding": "1"}}, "facts.persons"), ({"facts": {**EXAMPLE["facts"], "funding": "1.001"}}, "facts.funding 为“1.001”"), ({"facts": {**EXAMPLE["facts"], "funding": 1.5e30}}, "facts.funding"),
    ({"facts": {**EXAMPLE["facts"], "profit": 1}}, "“profit”不认识"), ({"on": "2026-13-01"}, "on 为“2026-13-01”"), ({"region": 349901, "consortium": ""}, "region 为“349901”"), ({"months": 7}, "months 应是列表"),
    ({"months": ["1"] * 13}, "最多 12 个"), ({"members": {"省级": {"甲": 1}}}, "“省级”不是分配的一方"), ({"members": {"县级": {"县医院": 1}}}, "scores.乡镇 没有成员"), ({"score": 90}, "settlement.distribution.assessment"),
    ({"spending": {"outside": 1}}, "spending.members"), ({"spending": {"members": "-1"}}, "spending.members"), ({"consortium": "nobody", "region": "620102"}, "没有 settlement.budget.base"), ({"gift": 1}, "“gift”不认识"), ({"facts": []}, "facts 应是对象"),
])  # fmt: skip
def test_what_cannot_be_is_refused_with_the_field(tmp_path: Path, capsys: pytest.CaptureFixture[str], change: dict[str, Any], said: str) -> None:
    code, out, err = asked(tmp_path, {**EXAMPLE, **change}, capsys)
    assert (code, out) == (2, "") and said in err


@pytest.mark.parametrize("text", ["", "[1]", "{", '{"on": NaN}', '{"on": "2026-01-01", "on": "2026-01-02"}'])
def test_what_is_no_question_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    assert asked(tmp_path, text, capsys)[0] == 2


def test_a_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert settle.main(["work", "--inputs", str(tmp_path / "none.json")]) == 2
    assert "none.json" in capsys.readouterr().err
