"""What a change does to a year, worked by hand; what is refused, and which way out is named."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator import years
from yilianti.kernel.finding import Refused
from yilianti.settlement.distribution.simulating.compared import Compared, compared
from yilianti.settlement.distribution.simulating.scenario import Scenario
from yilianti.settlement.distribution.simulating.year import Year


def found(*changes: str, assume: tuple[str, ...] = (), year: Year | None = None) -> Compared:
    return compared(year or years.year(), Scenario.of(changes, assume))


def total(one: Compared, name: str) -> tuple[str, str, str]:
    pair: dict[str, str] = one.plain()["differences"]["totals"][name]
    return pair["was"], pair["would"], pair["difference"]


def line(one: Compared, code: str, name: str = "surplus_share") -> dict[str, str]:
    held: dict[str, str] = one.plain()["differences"]["members"][code]["lines"][name]
    return held


def test_nothing_changed_is_no_difference() -> None:
    told = found().plain()
    assert told["base"] == told["scenario"] and told["differences"]["steps"] == [] and told["changes"] == [] and told["assumptions"] == []
    same = found("distribution.inner.weights.县级=6", "score=88", "budget.base.share=95%", year=years.year({**years.with_volumes(), "score": 88}, years.SCHEME + '[distribution.assessment]\nrows = [{ from = "0", change = "0" }]\n'))
    assert same.plain()["differences"]["steps"] == [] and [one.says for one in same.made] == ["与原来相同，没有改动"] * 3


def test_another_split() -> None:
    # 49 500.49 by 5 : 3 : 1: 27 500.27(2), 16 500.16(3), 5 500.05(4); the fen left goes to the largest remainder, the villages
    told = found("distribution.inner.weights.县级=5")
    assert line(told, "H01") == {"was": "29700.29", "would": "27500.27", "difference": "-2200.02"}
    assert line(told, "V01") == {"was": "4950.05", "would": "5500.06", "difference": "550.01"}
    assert {step["step"] for step in told.plain()["differences"]["steps"]} == {"inner", "totals"}
    assert total(told, "consortium")[2] == "0.00"


def test_more_funding_a_head() -> None:
    # (1 010 000 − 50 000 − 30 000.01) × 95 % = 883 499.99
    told = found("funding_per_head=1010")
    assert total(told, "package") == ("873999.99", "883499.99", "9500.00")
    assert told.made[0].plain() == {"path": "facts.funding", "before": "1000000.00", "after": "1010000.00", "says": "筹资 = 1000 人 × 1010.00 元"}


def test_two_points_fewer_outside_at_the_same_cost() -> None:
    # 2 % of 830 000.00 is 16 600: it changes place, and at the same cost nothing else
    told = found("outside_share=-2")
    assert total(told, "charged")[2] == "0.00" and (told.made[0].before, told.made[0].after) == ("37.35%", "35.35%")
    assert "16600.00 元" in told.made[0].says


def test_cases_that_come_back_cost_less_only_if_somebody_says_so() -> None:
    told = found("outside_share=-2", assume=("returned_cost=80%",))
    assert total(told, "charged") == ("824499.50", "821179.50", "-3320.00")
    assert told.plain()["assumptions"] == [{"mark": "假设", "name": "returned_cost", "value": "80.00%", "says": "回到县内的每例费用是县外的百分之几：80.00%"}]


def test_members_share_what_comes_back_or_one_takes_it() -> None:
    base = years.year(years.by_member())
    spread = found("outside_share=-2", year=base)
    # 16 600 by 300 000.01 : 120 000.49 : 60 000 : 19 999.50
    assert [line(spread, code, "charged")["difference"] for code in ("H01", "T01", "T02", "V01")] == ["9960.00", "3984.02", "1992.00", "663.98"]
    taken = found("outside_share=-2", "outside_to=H01", year=base)
    assert line(taken, "H01", "charged")["difference"] == "16600.00" and line(taken, "T01", "charged")["difference"] == "0.00"
    year, _ = Scenario.of(["outside_share=-2", "outside_to=H01"]).year(base)
    kept = {str(key): one for key, one in year.volumes.items()}
    # 31 × 16 600 ÷ 310 000 = 1.66 cases
    assert kept["outside.inpatient"].count == 31 - kept["members.H01.inpatient"].count + 60 and kept["members.H01.inpatient"].count * 100 == 6166


def test_care_that_leaves_the_county() -> None:
    year, _ = Scenario.of(["outside_share=1.5"]).year(years.year(years.by_member()))
    assert year.inputs["spending"]["outside"] == "322450.00" and year.inputs["spending"]["members"] == "487550.00"
    assert sum(one.count for one in year.volumes.values()) == sum(one.count for one in years.year(years.by_member()).volumes.values())


def test_spending_dearer_and_one_member_cheaper() -> None:
    assert total(found("spending.outside=+3%"), "charged")[2] == "9300.00"
    told = found("members.T01.charged=-10%", year=years.year(years.by_member()))
    assert line(told, "T01", "charged")["difference"] == "-12000.05" and total(told, "charged")[2] == "-12000.05"
    assert total(found("spending.members=490000", year=years.year(years.by_member())), "charged")[2] == "-10000.00"


def test_a_score_and_a_saving_assumed() -> None:
    told = found("members.T01.score=100")
    # 14 850.15 by 100 : 81.5
    assert line(told, "T01")["would"] == "8181.90" and line(told, "H01")["difference"] == "0.00"
    saved = found("distribution.inner.weights.县级=5", assume=("saving=2%",))
    assert total(saved, "charged")[2] == "-10000.00"


@pytest.mark.parametrize(("changes", "assume", "field", "way"), [
    (["distribution.inner.wieghts.县级=5"], [], "distribution.inner.wieghts.县级", "distribution.inner.weights.县级"),
    (["outside_shar=-2"], [], "outside_shar", "outside_share"),
    (["members.T09.score=90"], [], "members.T09.score", "members.T01.score"),
    (["facts.fundin=1"], [], "facts.fundin", "facts.funding"),
    (["budget.base.share=95"], [], "budget.base.share", "95%"),
    (["outside_share=-60"], [], "outside_share", "最多 37.34%"),
    (["outside_share=two"], [], "outside_share", "-2 或 1.5"),
    (["outside_share=-2", "outside_to=T09"], [], "outside_to", "T01"),
    (["outside_to=T01"], [], "outside_to", "outside_share"),
    (["spending.outside=-200%"], [], "spending.outside", "-100%"),
    (["members.T01.score=120"], [], "members.T01.score", "0 和 100"),
    (["score=90"], [], "score", "distribution.assessment"),
    (["settlement.benefit.inpatient.rows.0.deductible=300"], [], "settlement.benefit.inpatient.rows.0.deductible", "--settlement"),
    (["distribution.inner.weights.县级"], [], "change", "名称=值"),
    (["outside_share=-1", "outside_share=-2"], [], "outside_share", "两次"),
    (["score=90"], ["returned_cost=80%"], "assume.returned_cost", "outside_share"),
    (["outside_share=-2"], ["moved=5%"], "assume.moved", "settlement.benefit"),
    (["outside_share=-2"], ["saving=5%"], "assume.saving", "distribution"),
    (["outside_share=-2"], ["happiness=5%"], "assume", "returned_cost"),
    (["outside_share=-2"], ["returned_cost=80"], "assume.returned_cost", "%"),
    (["distribution.sharing.surplus=[oops"], [], "distribution.sharing.surplus", "JSON"),
    (["distribution.sharing.surplus.0.share=150%"], [], "surplus", "100%"),
])  # fmt: skip
def test_what_is_refused_and_the_way_out(changes: list[str], assume: list[str], field: str, way: str) -> None:
    with pytest.raises(Refused) as refusal:
        found(*changes, assume=tuple(assume))
    assert refusal.value.field == field and way in refusal.value.zh and refusal.value.en


@pytest.mark.parametrize(("volumes", "field"), [
    ({**years.VOLUMES, "outside.inpatient": {"count": 31, "amount": "310000.01"}}, "volumes.outside"),
    ({**years.VOLUMES, "abroad.inpatient": {"count": 1, "amount": "1"}}, "volumes.abroad.inpatient"),
    ({**years.VOLUMES, "outside.inpatient": {"count": 1.5, "amount": "310000"}}, "volumes.outside.inpatient.count"),
    ({"outside.inpatient": {"count": 31, "amount": "310000"}}, "volumes.members"),
])  # fmt: skip
def test_volumes_that_do_not_make_the_spending(volumes: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refusal:
        years.year({**years.EXAMPLE, "volumes": volumes})
    assert refusal.value.field == field
