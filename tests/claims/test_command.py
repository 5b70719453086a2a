"""./yilianti claims price: every step on stdout, nothing written; bad input refused with field and value."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.claims.random_claims import HOME
from yilianti import policybook
from yilianti.cli.commands import claims

GOOD = {"id": "A1", "person": "p1", "region": "340303", "admitted_on": "2025-03-01", "discharged_on": "2025-03-09", "level": "level2", "total": "8000.55"}


@pytest.fixture(autouse=True)
def shipped() -> Iterator[None]:
    policybook.open_at(None)
    yield
    policybook.open_at(None)


def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], given: Any) -> tuple[int, str, str]:
    path = tmp_path / "claims.json"
    path.write_text(given if isinstance(given, str) else json.dumps(given), encoding="utf-8")
    code = claims.main(["price", "--inputs", str(path)])
    out, err = capsys.readouterr()
    assert [one.name for one in tmp_path.iterdir()] == ["claims.json"], "writes nothing"
    return code, out, err


@pytest.mark.parametrize("form", [GOOD, [GOOD], {"claims": [GOOD]}], ids=["one", "list", "claims"])
def test_a_claim_is_priced_with_every_step(tmp_path: Path, capsys: pytest.CaptureFixture[str], form: Any) -> None:
    code, out, err = run(tmp_path, capsys, form)
    assert (code, err) == (0, "")
    found = json.loads(out)["claims"][0]
    assert found["national"] == {
        "medfee_sumamt": "8000.55", "fulamt_ownpay_amt": "0.00", "overlmt_selfpay": "0.00", "preselfpay_amt": "0.00", "inscp_scp_amt": "8000.55", "act_pay_dedc": "500.00",
        "hifp_pay": "6000.44", "pool_prop_selfpay": "0.8000", "hifmi_pay": "0.00", "maf_pay": "0.00", "oth_pay": "0.00", "fund_pay_sumamt": "6000.44", "psn_part_amt": "2000.11", "hosp_part_amt": "0.00",
    }  # fmt: skip
    band = next(step for step in found["steps"] if step["step"] == "band")
    assert band["amount"] == "6000.44" and band["policy_ref"] == "settlement.benefit.inpatient@2024-03-07#provinces/3403"
    assert "7500.55 元 × 80% = 6000.44 元" in band["zh"] and "7500.55 yuan × 80% = 6000.44 yuan" in band["en"]
    assert found["policy_refs"] == [band["policy_ref"]] and "大病保险：本地没有生效的政策，没有计入" in found["left_out"]
    assert found["sources"][band["policy_ref"]]["status"] == "public_source"


def test_amounts_are_read_exactly_as_strings_or_numbers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = json.dumps({**GOOD, "total": "TOTAL"})
    prices = [run(tmp_path, capsys, text.replace('"TOTAL"', total))[1] for total in ('"8000.55"', "8000.55", "8000.550", "8.00055e3")]
    assert len(set(prices)) == 1 and prices[0]


def test_no_step_is_left_in_chinese_for_english_readers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    many = [
        {**GOOD, "id": "a", "region": "341102", "area": "other_city", "referral": "referred", "total": 500000, "groups": ["poor"]},
        {**GOOD, "id": "b", "person": "q", "region": "320703", "level": "level1", "groups": ["student"], "settled": {"hifp_pay": 10, "hifmi_pay": 5}},
        {"id": "c", "person": "r", "region": "340281", "kind": "chronic", "discharged_on": "2025-01-01", "level": "level2", "total": 100},
        {**GOOD, "id": "d", "person": "s", "region": "321302", "groups": ["borderline"], "settled": {"basic": "100"}},
        {**GOOD, "id": "e", "person": "t", "region": "653226", "total": 900000, "settled": {"basic": "100"}},
    ]
    code, out, err = run(tmp_path, capsys, many)
    assert code == 0, err
    for found in json.loads(out)["claims"]:
        for step in found["steps"]:
            assert step["en"] and not any("\u4e00" <= letter <= "\u9fff" for letter in step["en"]), step


def test_the_example_of_the_how_to_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = (Path(__file__).parents[2] / "docs/how-to/price_claims.md").read_text(encoding="utf-8")
    code, out, err = run(tmp_path, capsys, page.partition("```json\n")[2].partition("```")[0])
    amounts = json.loads(out)["claims"][0]["amounts"]
    assert code == 0, err  # 700 × 2 deductible, 75 % − 5 points, 500 paid by oneself first
    assert (amounts["deductible"], amounts["basic"], amounts["person"]) == ("1400.00", "12670.00", "7330.00")


def test_earlier_claims_of_the_year_come_along(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = {**GOOD, "region": "", "consortium": "sample-ordinance", "earlier": [{"admitted_on": "2025-01-01", "discharged_on": "2025-01-03", "level": "township", "total": 900}]}
    del asked["region"]
    code, out, _ = run(tmp_path, capsys, asked)
    first, second = json.loads(out)["claims"]
    assert (code, first["is_earlier"], second["is_earlier"]) == (0, True, False)
    assert (first["amounts"]["deductible"], second["amounts"]["deductible"]) == ("200.00", "300.00")


BAD = {
    "negative": ({"total": "-1"}, "total 为“-1”：金额不能为负"),
    "three decimals": ({"total": "1.005"}, "total 为“1.005”：金额最多两位小数"),
    "three decimals as a number": ({"total": 1.005}, "total 为“1.005”：金额最多两位小数"),
    "far more decimals": ({"total": "100.0000000000000000000000000001"}, "金额最多两位小数"),
    "half a character": ({"person": "\ud800"}, "有不能显示的字符"),
    "no number": ({"total": "很多"}, "total 为“很多”：应是以元为单位的金额"),
    "true": ({"total": True}, "total 为“True”"),
    "huge": ({"total": "1e999999999"}, "total 为"),
    "too large": ({"total": "100000000.01"}, "金额过大"),
    "no total": ({"total": None}, "total 为“None”"),
    "level": ({"level": "level9"}, "level 为“level9”：不认识；可用：village"),
    "level in a word of its own": ({"level": 3}, "level 为“3”"),
    "discharge before admission": ({"discharged_on": "2025-02-28"}, "discharged_on 为“2025-02-28”：早于入院日期 2025-03-01"),
    "no day": ({"discharged_on": "2025-02-30"}, "discharged_on 为“2025-02-30”：应为日期"),
    "unknown group": ({"groups": ["rich"]}, "groups 为“rich”：不认识"),
    "unknown way": ({"referral": "maybe"}, "referral 为“maybe”：不认识"),
    "unknown field": ({"totl": 1}, "totl 为“1”：不认识的字段"),
    "no area code": ({"region": "Bengbu"}, "region 为“Bengbu”：应是六位行政区划代码"),
    "unknown place": ({"region": "110101"}, "discharged_on 为“2025-03-09”：2025-03-09 在医共体“未指明”、区划“110101”没有生效的政策"),
    "unknown consortium": ({"consortium": "nowhere"}, "consortium 为“nowhere”：没有这个医共体的政策"),
    "date without policy": ({"admitted_on": "2019-01-01", "discharged_on": "2019-01-02"}, "没有生效的政策“settlement.benefit.inpatient”"),
    "parts above the total": ({"fully_own": "9000"}, "total 为“8000.55”：小于全自费"),
    "settled above the scope": ({"settled": {"hifp_pay": "8000.56"}}, "已结算之和大于政策范围内费用 8000.55"),
    "outside, ratio not printed": ({"area": "other_city", "referral": "referred"}, "area 为“other_city”"),
    "outside, not printed at all": ({"area": "other_city"}, "没有写这种异地就医怎样报销"),
    "referral from nowhere": ({"follows": "Z"}, "follows 为“Z”：没有同一人的这笔住院费用"),
    "referral from itself": ({"follows": "A1"}, "那次住院不早于本次"),
    "level the ladder lacks": ({"region": "320703"}, "没有写这一级机构的起付线"),
    "student above what is printed": ({"region": "320703", "level": "level1", "groups": ["student"], "total": "100000.01"}, "来源没有写"),
    "ratio not printed": ({"region": "440307"}, "没有写这一级机构的报销比例"),
    "bands not printed": ({"consortium": "sample-su", "region": "", "admitted_on": "2020-03-01", "discharged_on": "2020-03-02", "total": 30000, "settled": {"basic": 0}}, "大病保险的分段比例，来源没有写"),
    "aid whose cap needs catastrophic insurance": ({"region": "610926", "groups": ["minimum_living"], "settled": {"basic": 0}}, "救助限额要看大病保险是否支付"),
    "no outpatient policy": ({"kind": "outpatient"}, "本地没有普通门诊待遇政策"),
}


@pytest.mark.parametrize(("change", "sentence"), BAD.values(), ids=BAD)
def test_bad_input_is_refused_with_field_and_value(tmp_path: Path, capsys: pytest.CaptureFixture[str], change: dict[str, Any], sentence: str) -> None:
    code, out, err = run(tmp_path, capsys, {name: value for name, value in {**GOOD, **change}.items() if value != ""})
    assert (code, out) == (2, "")
    assert sentence in err and err.startswith("✗")


def test_stays_of_one_person_do_not_overlap(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = {**GOOD, "id": "A2", "admitted_on": "2025-03-08", "discharged_on": "2025-03-12"}
    code, _, err = run(tmp_path, capsys, [GOOD, other])
    assert code == 2 and "费用 A2 的 admitted_on 为“2025-03-08”：与同一人 p1 的费用 A1（2025-03-01 至 2025-03-09）重叠" in err
    assert run(tmp_path, capsys, [GOOD, {**other, "admitted_on": "2025-03-09"}])[0] == 0, "discharged and admitted elsewhere on one day is a transfer"
    assert run(tmp_path, capsys, [GOOD, {**other, "person": "p2"}])[0] == 0


def test_two_referrals_on_one_day_are_reckoned_in_their_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By their chain, not by their ids; and not in a circle."""
    day = {"person": "p", "consortium": "trial", "admitted_on": "2025-03-09", "discharged_on": "2025-03-09", "total": 5000, "referral": "referred"}
    first, second, third = {**day, "id": "c", "level": "township"}, {**day, "id": "b", "level": "level2", "follows": "c"}, {**day, "id": "a", "level": "level3", "follows": "b"}
    policybook.open_at(HOME)
    for given in ([first, second, third], [third, second, first]):
        found = {one["id"]: one["amounts"]["deductible"] for one in json.loads(run(tmp_path, capsys, given)[1])["claims"]}
        assert found == {"c": "200.00", "b": "600.00", "a": "800.00"}
    code, _, err = run(tmp_path, capsys, [{**first, "follows": "a"}, second, third])
    assert code == 2 and "那次住院不早于本次" in err


def test_a_place_that_reckons_through_says_by_which_policy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The ladder of the province is silent; the consortium has put the continuous deductible in force."""
    policybook.open_at(HOME)
    stay = {**GOOD, "region": "341102", "consortium": "through", "level": "township"}
    code, out, err = run(tmp_path, capsys, [stay, {**stay, "id": "A2", "admitted_on": "2025-03-09", "discharged_on": "2025-03-12", "level": "level2", "follows": "A1", "referral": "referred"}])
    assert code == 0, err
    second = json.loads(out)["claims"][1]
    assert second["amounts"]["deductible"] == "300.00"
    assert "clinical.referral.continuous_deductible@2025-01-01#local/through" in second["policy_refs"]


def test_a_referral_needs_the_rule_of_the_deductible(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = {**GOOD, "id": "A2", "admitted_on": "2025-03-09", "discharged_on": "2025-03-12", "follows": "A1"}
    code, _, err = run(tmp_path, capsys, [GOOD, other])
    assert code == 2 and "费用 A2" in err and "没有写转诊前后的起付线怎样算" in err and "转诊前后的起付线、同年再次住院、年度封顶线没有写" in err


@pytest.mark.parametrize("text", ["", "[", "[]", "3", '"x"', "[3]", "NaN", "[" * 100_000, '{"claims": []}', '{"claims": 3}'], ids=lambda text: text[:12])
def test_what_is_no_claim_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    code, out, err = run(tmp_path, capsys, text)
    assert (code, out) == (2, "") and err.startswith("✗")


def test_the_same_id_twice_and_a_missing_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "有两笔" in run(tmp_path, capsys, [GOOD, {**GOOD, "person": "p2"}])[2]
    assert claims.main(["price", "--inputs", str(tmp_path / "absent.json")]) == 2
