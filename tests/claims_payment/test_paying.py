"""The cases of the worked sheet through the commands, and everything that is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.claims_payment.conftest import CASES, INSTITUTIONS, Rows, read
from yilianti.cli.commands import dip

Pay = Callable[..., tuple[int, Rows]]
COSTS = CASES / "costs.csv"


def column(rows: Rows, *names: str) -> list[tuple[str, ...]]:
    return [tuple(row[name] for name in names) for row in rows]


def test_points_of_the_worked_sheet(pay: Pay, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, rows = pay(COSTS, "sample-pay-points", "--index", str(home / "cmi.csv"), "--id", "8")
    assert code == 0
    assert column(rows, "id", "status", "points", "pay") == column(read(CASES / "expected.csv"), "id", "status", "points", "pay")
    said = capsys.readouterr().out
    assert "点值 97.3313 元；预算 160,000.00 − 风险金 8,000.00 = 付费 151,999.92 + 尾差 0.08" in said
    assert "133.3300 × 0.9167 = 122.2236" in said and "15 天内又入同一组：122.2236 × 50.00% = 61.1118（settlement.payment.readmission@" in said
    cmi = {(row["institution"], row["department"]): row["cmi"] for row in read(home / "cmi.csv")}
    assert cmi["云溪县人民医院", "内科"] == "0.6667" and cmi["云溪县人民医院", ""] == "0.9524" and cmi["", ""] == "0.9445"
    assert sorted(one.name for one in home.iterdir()) == ["cmi.csv", "home", "pay.csv"]


def test_points_by_the_rules_of_jinhua(pay: Pay, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = home / "costs.csv"
    source.write_text("".join(line for line in COSTS.read_text(encoding="utf-8").splitlines(True) if not line.startswith("13,")), encoding="utf-8")
    code, rows = pay(source, "330782", "--institutions", str(INSTITUTIONS))
    assert code == 0
    assert column(rows, "id", "points") == [one for one in column(read(CASES / "expected.csv"), "id", "jinhua_points") if one[0] != "13"]
    said = capsys.readouterr().out
    assert {row["pay"] for row in rows} == {""} and "只算点数，不算付费" in said and "待核对：浙江省 2019 年另有办法" in said


def test_pay_by_a_rate(pay: Pay, home: Path) -> None:
    source = home / "costs.csv"
    source.write_text(COSTS.read_text(encoding="utf-8") + "16,青山镇卫生院,内科,5000.00,ES15,3,,,,,1,,\n", encoding="utf-8")
    code, rows = pay(source, "sample-pay-rate")
    assert code == 0
    assert column(rows, "id", "pay") == [*column(read(CASES / "expected.csv"), "id", "rate_pay"), ("16", "5714.55")]
    assert rows[12]["because"] == "费率法没有床日标准"


def test_dip_by_a_point_value(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, target = home / "scores.csv", home / "pay.csv"
    source.write_text("id,institution,department,cost,dip,score\n1,云溪县人民医院,内科,3000.00,S0004,480\n2,云溪县人民医院,内科,30000.00,S0001,2097.9\n3,青山镇卫生院,内科,900.00,S0005,210.25\n4,青山镇卫生院,内科,70000,,\n", encoding="utf-8")
    argv = ["pay", "--scheme", "demo", "--in", str(source), "--place", "sample-pay-scores", "--date", "2026-11-30", "--out", str(target)]
    assert dip.main(argv) == 0
    assert column(read(target), "id", "pay", "status") == [("1", "26167.87", "按分值付费"), ("2", "114369.96", "按分值付费"), ("3", "11462.07", "按分值付费"), ("4", "", "特病单议")]
    said = capsys.readouterr().out
    assert "总分值 2788.1500，结算点值 54.5164 元，尾差 0.10 元" in said and "预算点值（前 3 年）10.0788 元" in said
    source.write_text("id,institution,department,cost,dip,score\n1,云溪县人民医院,内科,3000.00,S9999,480\n2,云溪县人民医院,内科,3000.00,S0004,\n", encoding="utf-8")
    target.unlink()
    assert dip.main(argv) == 2 and not target.exists()
    said = capsys.readouterr().err
    assert "第 2 行 dip 为“S9999”" in said and "第 3 行 score 为“”：有病种应有分值" in said


def with_row(home: Path, row: str) -> Path:
    source = home / "bad.csv"
    source.write_text(COSTS.read_text(encoding="utf-8") + row + "\n", encoding="utf-8")
    return source


@pytest.mark.parametrize(("row", "said"), [
    ("16,云溪县人民医院,内科,-5.00,ES15,4,,,,,1,,", "第 17 行 cost 为“-5.00”"), ("16,云溪县人民医院,内科,5.001,ES15,4,,,,,1,,", "第 17 行 cost 为“5.001”：应是不小于 0、最多两位小数的元"), ("16,云溪县人民医院,内科,5e3,ES15,4,,,,,1,,", "cost 为“5e3”"),
    ("16,没有的医院,内科,5,ES15,4,,,,,1,,", "第 17 行 institution 为“没有的医院”：不在机构表里"), ("16,云溪县人民医院,内科,5,ZZ99,4,,,,,1,,", "drg 为“ZZ99”：分组方案里没有这个组"), ("1,云溪县人民医院,内科,5,ES15,4,,,,,1,,", "第 17 行 id 为“1”：前面已经有"),
    ("16,云溪县人民医院,内科,5,ES15,4,P8,2026-02-05,2026-02-01,,1,,", "discharged 为“2026-02-01”：早于入院日期"), ("16,云溪县人民医院,内科,5,ES15,4,P8,2026-02-30,2026-03-01,,1,,", "admitted 为“2026-02-30”"), ("16,云溪县人民医院,内科,5,ES15,4,P1,2026-01-12,2026-01-20,,1,,", "admitted 为“2026-01-12”：与同一人另一次住院的日期重叠"),
    ("16,云溪县人民医院,内科,5,ES15,4,P8,,,,1,,", "有人的编号，应有入院和出院日期"), ("16,云溪县人民医院,内科,5,ES15,4,,,,想住,1,,", "reason 为“想住”"), ("16,云溪县人民医院,内科,5,,,,,,,1,PSY,", "los 为“”：床日病例需要住院天数"), ("16,云溪县人民医院,内科,5,,4,,,,,1,XYZ,", "bed_day 为“XYZ”"),
    ("16,云溪县人民医院,内科,5,ES15,4,,,,,是,,", "complete 为“是”"), ("16,云溪县人民医院,内科,5,,4,,,,,1,,1.00001", "panel 为“1.00001”"),
])  # fmt: skip
def test_a_faulty_row_is_named_and_nothing_is_written(pay: Pay, home: Path, row: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert pay(with_row(home, row), "sample-pay-points") == (2, [])
    assert said in capsys.readouterr().err
    assert sorted(one.name for one in home.iterdir()) == ["bad.csv", "home"]


def test_what_a_place_is_silent_on_is_refused_not_invented(pay: Pay, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert pay(COSTS, "6210") == (2, []) and "没有按组付费的办法" in capsys.readouterr().err
    assert pay(COSTS, "3307") == (2, []) and "不知道本地有哪些机构" in capsys.readouterr().err
    assert pay(COSTS, "sample-pay-points", "--method", "rate") == (2, []) and "没有 settlement.payment.rate 的版本" in capsys.readouterr().err
    assert pay(COSTS, "33", "--institutions", str(INSTITUTIONS), day="2019-11-22") == (2, []) and "2019-11-22" in capsys.readouterr().err
    base, new = home / "base.csv", home / "new.csv"
    lines = COSTS.read_text(encoding="utf-8").splitlines(True)
    base.write_text("".join([lines[0], *lines[1:6]]), encoding="utf-8")
    new.write_text(lines[0] + "1,青山镇卫生院,内科,5,ES15,4,,,,,1,,\n", encoding="utf-8")
    assert pay(new, "33", "--institutions", str(INSTITUTIONS), "--base", str(base)) == (2, []) and "没有规定新组的系数" in capsys.readouterr().err
    code, rows = pay(new, "3307", "--institutions", str(INSTITUTIONS), "--base", str(base))
    assert code == 0 and column(rows, "coefficient", "points") == [("1.0000", "100.0000")]


def test_the_own_columns_are_asked_for(pay: Pay, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = home / "few.csv"
    source.write_text("id,institution,department,cost,drg,los\n1,云溪县人民医院,内科,5,ES15,4\n", encoding="utf-8")
    assert pay(source, "sample-pay-points") == (2, []) and "表头缺少 resident、admitted、discharged 列（本地规定了再次入院的点数" in capsys.readouterr().err
    assert pay(source, "sample-pay-points", "--index", str(source)) == (2, []) and "同一个文件" in capsys.readouterr().err


@pytest.mark.parametrize(("file", "text", "said"), [
    ("special_cases", 'fewest_cases = "5"', "5 应是整数"), ("budget", 'budget = 5.5\nreserve = "0"', "5.5 应写在引号里"), ("budget", 'budget = "5.555"\nreserve = "0"', "“5.555”小数位数太多"),
    ("readmission", 'days = 10\nkeeps = "50%"', "excused"), ("points", 'incomplete = "somehow"', "somehow"),
])  # fmt: skip
def test_a_faulty_policy_is_named(pay: Pay, home: Path, file: str, text: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    write_policy(home, file, text)
    assert pay(COSTS, "sample-pay-points", day="2027-01-01") == (2, [])
    assert said in capsys.readouterr().err


def test_a_county_of_zhejiang_adds_its_own(pay: Pay, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_policy(home, "budget", 'budget = "1000.00"\nreserve = "50.00"', "anji")
    source = home / "costs.csv"
    source.write_text("".join(line for line in COSTS.read_text(encoding="utf-8").splitlines(True) if not line.startswith("13,")), encoding="utf-8")
    code, rows = pay(source, "330523", "--consortium", "anji", "--institutions", str(INSTITUTIONS), day="2027-01-01")
    assert code == 0 and rows[10]["points"] == "13.8890" and "#local/anji" in capsys.readouterr().out
    # thirteen paid cases, the last one (panel) by its 300 of 1291.6758 points
    assert rows[12]["pay"] == "220.65"


def test_a_county_of_qingyang_leaves_out_what_its_city_leaves_out(pay: Pay, home: Path) -> None:
    """Up to 2 days, from 60 days on, and by the day: outside; the city prints no more, so the county of the test adds how points are made."""
    write_policy(home, "points", 'incomplete = "with_coefficient"\nnew_group_coefficient = "1"', "qingcheng")
    write_policy(home, "bed_days", 'table = "bed_days.csv"', "qingcheng")
    (home / "home/policies/local/qingcheng/settlement/payment/bed_days.csv").write_text("code,name,points\nPSY,精神病,4.5\n", encoding="utf-8")
    source = home / "costs.csv"
    head = COSTS.read_text(encoding="utf-8").splitlines(True)[0]
    source.write_text(head + "".join(f"{number},云溪县人民医院,内科,5000.00,ES15,{days},,,,,1,{by_day},\n" for number, (days, by_day) in enumerate([(2, ""), (3, ""), (59, ""), (60, ""), (30, "PSY")], 1)), encoding="utf-8")
    code, rows = pay(source, "621021", "--consortium", "qingcheng", "--institutions", str(INSTITUTIONS), day="2027-01-01")
    assert code == 0
    assert column(rows, "status", "because", "points") == [("不按组付费", "住院天数不超过规定", ""), ("按组付费", "", "100.0000"), ("按组付费", "", "100.0000"), ("不按组付费", "住院天数达到规定", ""), ("不按组付费", "床日病例", "")]


def test_a_group_of_four_goes_to_the_panel_one_of_five_does_not(pay: Pay, home: Path) -> None:
    source = home / "costs.csv"
    lines = COSTS.read_text(encoding="utf-8").splitlines(True)
    for cases, said in ((4, "本组病例数少于规定"), (5, "")):
        source.write_text("".join([lines[0], *lines[6 : 6 + 5], *(f"{20 + number},云溪县中医院,内科,6000.00,ES15,5,,,,,1,,\n" for number in range(cases))]), encoding="utf-8")
        code, rows = pay(source, "sample-pay-points")
        assert code == 0 and {row["because"] for row in rows if row["drg"] == "ES15"} == {said} and {row["because"] for row in rows if row["drg"] == "GD15"} == {""}


def test_a_coefficient_of_the_level(pay: Pay, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_policy(home, "points", 'incomplete = "with_coefficient"\ncoefficient_by = "level"')
    source = home / "costs.csv"
    source.write_text(COSTS.read_text(encoding="utf-8") + "16,青山镇卫生院,内科,3000.00,ES15,3,,,,,1,,\n", encoding="utf-8")
    code, rows = pay(source, "sample-pay-points", "--id", "3", day="2027-01-01")
    # both hospitals are 二级: (30000 ÷ 5) ÷ (33000 ÷ 6) = 1.0909; the township alone: 3000 ÷ 5500 = 0.5455
    assert code == 0 and {row["coefficient"] for row in rows if row["drg"] == "ES15"} == {"1.0909", "0.5455"}
    assert "同等级机构本组 5 例 30,000.00 元的例均 ÷ 本组 6 例 33,000.00 元的例均 = 1.0909" in capsys.readouterr().out
    bare = home / "institutions.csv"
    bare.write_text("institution\n云溪县人民医院\n", encoding="utf-8")
    assert pay(source, "sample-pay-points", "--institutions", str(bare), day="2027-01-01")[0] == 2 and "云溪县人民医院 没有等级" in capsys.readouterr().err


def write_policy(home: Path, topic: str, text: str, consortium: str = "sample-pay-points") -> None:
    folder = home / "home/policies/local" / consortium / "settlement/payment"
    folder.mkdir(parents=True, exist_ok=True)
    head = f'title = "试"\ncode = "settlement.payment.{topic}"\nwhy = "试"\nstatus = "local_parameter"\nauthored_by = "试"\nchecked_by = "试"\nnext_review = 2028-01-01\n\n'
    (folder / f"{topic}.toml").write_text(f"{head}[[edition]]\neffective_from = 2027-01-01\n{text}\n", encoding="utf-8")
