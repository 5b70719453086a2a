"""`./yilianti settle evaluate`: the steps it prints, the same bytes again, and what it refuses with a sentence."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.house import ROOT
from yilianti import policybook
from yilianti.cli.commands import settle

HOW_TO = (ROOT / "docs/how-to/settle_evaluate.md").read_text(encoding="utf-8")
SCHEME: str = re.findall(r"```toml\n(.*?)```", HOW_TO, re.S)[0]
EXAMPLE: dict[str, Any] = json.loads(re.findall(r"```json\n(.*?)```", HOW_TO, re.S)[0])


@pytest.fixture(autouse=True)
def shipped() -> None:
    policybook.open_at(None)


def asked(folder: Path, given: Any, capsys: pytest.CaptureFixture[str], scheme: str = SCHEME, args: list[str] | None = None) -> tuple[int, str, str]:
    inputs, written = folder / "year.json", folder / "scheme.toml"
    inputs.write_text(given if isinstance(given, str) else json.dumps(given, ensure_ascii=False), encoding="utf-8")
    written.write_text(scheme, encoding="utf-8")
    code = settle.main(["evaluate", "--inputs", str(inputs), *(["--scheme", str(written)] if args is None else args)])
    told = capsys.readouterr()
    return code, told.out, told.err


def test_the_example_of_the_how_to(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = asked(tmp_path, EXAMPLE, capsys)
    assert code == 0, err
    found = json.loads(out)
    results = {step["name"]: step["result"] for step in found["steps"]}
    assert results["总额"] == "873999.99" and results["总额内支出"] == "824499.50" and results["留用"] == "49500.49"
    # 6 : 3 : 1 of 49 500.49 is 29 700.294, 14 850.147, 4 950.049: the fen left goes to the townships, split 88 : 81.5
    assert results["各级份额"] == {"县级": "29700.29", "乡镇": "14850.15", "村级": "4950.05"}
    assert [step["name"] for step in found["steps"]][:7] == ["基数", "总额", "人均", "第 1 期预付", "第 2 期预付", "第 3 期预付", "第 4 期预付"]
    assert {code: own["surplus_share"] for code, own in found["members"].items()} == {"H01": "29700.29", "T01": "7709.81", "T02": "7140.34", "V01": "4950.05"}
    turned = {**EXAMPLE, "members": dict(reversed(EXAMPLE["members"].items()))}
    assert asked(tmp_path, dict(reversed(turned.items())), capsys)[1] == out


def test_the_policies_in_force_instead_of_a_scheme(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = asked(tmp_path, {"facts": EXAMPLE["facts"]}, capsys, args=["--consortium", "yunxi", "--region", "349901", "--on", "2026-12-31"])
    assert code == 0 and json.loads(out)["steps"][0]["policy_ref"] == "settlement.budget.base@2026-01-01#local/yunxi", err
    for args in ([], ["--consortium", "yunxi"], ["--on", "2026-12-31"]):
        assert asked(tmp_path, EXAMPLE, capsys, args=args)[0] == 2


def test_a_place_without_an_advance(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = asked(tmp_path, {"facts": {"persons": 1, "cohort_paid": 12.34}}, capsys, args=["--region", "440303", "--on", "2026-12-31"])
    steps = {step["name"]: step["result"] for step in json.loads(out)["steps"]}
    assert code == 0 and steps["预付"] == "不计算" and steps["总额"] == "12.34", err


def test_an_overspend_is_charged_to_those_who_bear_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = asked(tmp_path, {**EXAMPLE, "spending": {"members": "873999.99", "outside": "100"}}, capsys)
    assert code == 0, err
    found = json.loads(out)
    steps = {step["name"]: step["result"] for step in found["steps"]}
    assert steps["医共体承担"] == "-100.00" and steps["各级份额"] == {"县级": "-60.00", "乡镇": "-30.00", "村级": "-10.00"}
    assert {code: own["overspend_share"] for code, own in found["members"].items()} == {"H01": "-60.00", "T01": "-18.00", "T02": "-12.00", "V01": "-10.00"}


def test_a_falling_growth_is_allowed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = asked(tmp_path, {"facts": {"persons": 1, "paid": ["100", "100", "100"], "growth": "-2.5%"}}, capsys, args=["--region", "440100", "--on", "2026-12-31"])
    assert code == 0 and json.loads(out)["steps"][0]["result"] == "97.50", err


def member(**change: Any) -> dict[str, Any]:
    return {"members": {**EXAMPLE["members"], "T01": {**EXAMPLE["members"]["T01"], **change}}}


@pytest.mark.parametrize(("change", "said"), [
    ({"facts": {"funding": "1"}}, "facts.persons"), ({"facts": {**EXAMPLE["facts"], "funding": "1.001"}}, "facts.funding 为“1.001”"), ({"facts": {**EXAMPLE["facts"], "funding": 1.5e30}}, "facts.funding"),
    ({"facts": {**EXAMPLE["facts"], "profit": 1}}, "“profit”不认识"), ({"months": 7}, "months 应是列表"), ({"months": ["1"] * 13}, "最多 12 个"), (member(level="省级"), "members.T01.level 为“省级”"),
    ({"members": {"H01": {"level": "县级", "score": 1}}}, "没有“乡镇”的成员"), (member(score=101), "members.T01.score 为“101”"), (member(score="-1"), "members.T01.score"), (member(gift=1), "“gift”不认识"), (member(charged="1"), "charged 合计 1.00"),
    ({"score": 90}, "distribution.assessment"), ({"spending": {"outside": 1}}, "spending.members"), ({"spending": {"members": "-1"}}, "spending.members"), ({"gift": 1}, "“gift”不认识"), ({"facts": []}, "facts 应是对象"),
    ({"members": {"H01": {"level": "县级"}, "T01": {"level": "乡镇"}, "T02": {"level": "乡镇"}, "V01": {"level": "村级"}}}, "members.T01.score"),
])  # fmt: skip
def test_what_cannot_be_is_refused_with_the_field(tmp_path: Path, capsys: pytest.CaptureFixture[str], change: dict[str, Any], said: str) -> None:
    code, out, err = asked(tmp_path, {**EXAMPLE, **change}, capsys)
    assert (code, out) == (2, "") and said in err, err


@pytest.mark.parametrize(("old", "new", "said"), [
    ("year = 2026\n", "", "没有写 year"), ("year = 2026", 'year = "2026"', "year 为“2026”"), ("[budget.path]", "[distribution.rbrvs]\nby_points = \"101%\"\n[budget.path]", "by_points 超过 100%"), ("[budget.path]", "[budget.road]", "“budget.road”不认识"), ("banding =", "bandage =", "“bandage”不认识"), ('share = "95%"', "share = 0.95", "budget.base.share 为“0.95”"),
    ('share = "95%"', 'share = "195%"', "share 为 195.00%"), ('[{ share = "0%" }]', '[{ up_to = "5%", share = "1%" }, { up_to = "3%", share = "1%" }, { share = "0%" }]', "overspend 的各档（5.00%、3.00%、最后）"), ('overspend_by = "heads"', 'overspend_by = "luck"', "overspend_by 为“luck”"), ('overspend_by = "heads"', 'overspend_by = "score"', "超支不能按得分"),
    ("[budget.base]", "[budget.base", "TOML"), ('base = "remainder"', 'base = "magic"', "base 为“magic”"), ('title = "云溪县 2026"', 'region = "12"', "region 为“12”"), ("[distribution.inner]", '[distribution.assessment]\ntable = "x.csv"\n[distribution.inner]', "x.csv"),
])  # fmt: skip
def test_a_scheme_that_cannot_be_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, said: str) -> None:
    assert old in SCHEME
    code, out, err = asked(tmp_path, EXAMPLE, capsys, SCHEME.replace(old, new, 1))
    assert (code, out) == (2, "") and said in err, err


@pytest.mark.parametrize("text", ["", "[1]", "{", '{"score": NaN}', '{"months": [], "months": []}'])
def test_what_is_no_question_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    assert asked(tmp_path, text, capsys)[0] == 2


def test_a_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert settle.main(["evaluate", "--scheme", str(tmp_path / "none.toml"), "--inputs", str(tmp_path / "none.json")]) == 2
    assert "none" in capsys.readouterr().err
