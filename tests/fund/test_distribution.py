"""Sharing against the worked sheet, what is refused, and what must hold whatever the numbers are."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yilianti import policybook
from yilianti.kernel.finding import Refused
from yilianti.policybook.places import Place
from yilianti.settlement.distribution import inner, pay, public_health, reading, sharing
from yilianti.settlement.distribution.inputs import Member
from yilianti.settlement.distribution.rules import Band, Grade, InnerRule, SharingRule, Task, WithheldRule
from yilianti.settlement.distribution.terms import Banding, By
from yilianti.settlement.fund.api import Given, Working, fen, in_force, yuan

CASES = Path(__file__).parent / "cases"
DAY = date(2026, 6, 1)
YUXI = Place("yunxi", "349901")
KEEP = (Band(200, 5_000), Band(1_000, 7_000), Band(None, 4_000))
WHOLE, SLICE = (SharingRule(KEEP, KEEP, banding) for banding in Banding)
GRADES = (Grade(9_000, 500), Grade(6_000, -500), Grade(0, None))
PEOPLE = st.dictionaries(st.sampled_from("甲乙丙丁戊"), st.integers(0, 10_000), min_size=1).filter(lambda one: any(one.values()))


@pytest.fixture(autouse=True)
def shipped() -> None:
    policybook.open_at(None)


def f(written: str) -> int:
    return fen(written, "test")


def book(topic: str, place: Place) -> Given:
    return in_force(f"settlement.distribution.{topic}", place, DAY)


def rows(name: str) -> list[dict[str, str]]:
    with (CASES / name).open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def shown(found: dict[str, int]) -> dict[str, str]:
    return {who: yuan(one) for who, one in found.items()}


def test_six_three_one_for_a_surplus_and_for_a_deficit() -> None:
    ratio = reading.ratio(book("inner", Place("", "532328")))
    assert shown(inner.by_ratio(f("1000000.01"), ratio, Working())) == {"县级": "600000.01", "乡镇": "300000.00", "村级": "100000.00"}
    assert shown(inner.by_ratio(-f("1000000.01"), ratio, Working())) == {"县级": "-600000.01", "乡镇": "-300000.00", "村级": "-100000.00"}


def test_surplus_use_and_sinking_experts_as_printed() -> None:
    assert shown(inner.by_ratio(f("22260000"), reading.ratio(book("surplus_use", Place("", "440114"))), Working())) == {"人员绩效": "13356000.00", "事业发展": "8904000.00"}
    assert shown(inner.by_ratio(f("1000.01"), reading.ratio(book("expert", YUXI)), Working())) == {"基层机构": "300.00", "上级医院和专家": "700.01"}


def test_the_public_health_table_in_both_readings() -> None:
    tasks, ref = reading.tasks(book("public_health_tasks", Place("sample-tasks")))
    working = Working()
    found = public_health.printed(tasks, working, ref)
    names = ("township", "village", "whole", "exact_township", "exact_village")
    assert [(one.task.project, one.task.task, *(yuan(getattr(one, name)) for name in names)) for one in found] == [tuple(row.values()) for row in rows("public_health.csv")]
    assert [one.apart for one in found] == [0, 0, 0, -1, 1, 0] and all(one.exact_township + one.exact_village == one.whole for one in found)
    assert len(working.steps) == 6 and yuan(working.steps[3].inputs["印出的差"].fen) == "-0.01"
    assert shown(public_health.by_table(10_000, tasks, Working(), ref)) == {"乡镇": "26020.00", "村": "22380.00"}


@lru_cache
def sample_tasks() -> tuple[Task, ...]:
    policybook.open_at(None)
    return reading.tasks(book("public_health_tasks", Place("sample-tasks")))[0]


@given(st.integers(0, 10**7))
def test_the_table_shares_exactly_for_any_number_of_heads(heads: int) -> None:
    tasks = sample_tasks()
    assert sum(public_health.by_table(heads, tasks, Working()).values()) == heads * (300 + 184)


@pytest.mark.parametrize(("grade", "score", "exact", "printed"), [("三级甲等", 8_630, "407050.00", "40.71"), ("三级乙等", 8_330, "339900.00", "33.99")])
def test_a_director_is_paid_as_the_notice_prints(grade: str, score: int, exact: str, printed: str) -> None:
    bases, ref = reading.director(book("director", Place("", "350402")))
    working = Working()
    assert yuan(pay.director(bases[grade], score, 0, working, ref)) == exact and working.steps[0].inputs["印出的万元"] == printed


def test_a_director_below_seventy_and_a_deduction() -> None:
    assert pay.director(f("350000"), 7_000, 0, Working()) == f("350000") and pay.director(f("350000"), 3_500, 0, Working()) == f("175000")
    working = Working()
    assert pay.director(f("350000"), 8_000, f("5000"), working) == f("380000") and [step.name for step in working.steps] == ["得分年薪", "扣减", "实发年薪"]
    for score, deduction in ((10_001, 0), (-1, 0), (7_000, f("350000.01"))):
        with pytest.raises(Refused):
            pay.director(f("350000"), score, deduction, Working())


def test_rbrvs_pools_as_printed() -> None:
    table = rows("rbrvs.csv")
    values, posts = {row["group"]: f(row["value"]) for row in table}, {row["group"]: f(row["post"]) * 100 for row in table}
    assert [yuan(pay.rbrvs_points(values[row["group"]], posts[row["group"]])) for row in table] == [row["points"] for row in table]
    working = Working()
    found = pay.two_pools(f("74915"), f("13603"), values, posts, working)
    assert sum(found.values()) == f("88518")
    first, second = (step.result for step in working.steps[1:3])
    for row in table:
        assert abs(first[row["group"]].fen - f(row["by_points"])) <= 100 and abs(second[row["group"]].fen - f(row["by_post"])) <= 100 and abs(found[row["group"]] - f(row["total"])) <= 200
    share, ref = reading.by_points(book("rbrvs", Place("sample-rbrvs")))
    assert sum(pay.rbrvs(f("100000.01"), share, values, posts, working, ref).values()) == f("100000.01")
    assert {who: yuan(one.fen) for who, one in working.steps[4].result.items()} == {"按点数": "85000.01", "按岗位系数": "15000.00"}


def test_work_points_share_the_whole_wage_total() -> None:
    assert shown(pay.by_work_points(f("100"), {"甲": 10, "乙": 10}, {"甲": 40, "丙": 10}, 3_000, Working())) == {"甲": "71.43", "乙": "14.28", "丙": "14.29"}
    with pytest.raises(Refused, match="30.00%"):
        pay.by_work_points(f("100"), {"甲": 31}, {"甲": 69}, 3_000, Working())


@pytest.mark.parametrize(("score", "change"), [(10_000, 500), (9_000, 500), (8_999, 300), (8_000, 300), (7_999, 100), (7_000, 100), (6_999, -300), (6_500, -300), (6_499, -500), (6_000, -500), (5_999, None), (0, None)])
def test_the_assessment_of_ningbo(score: int, change: int | None) -> None:
    grades, ref = reading.assessment(book("assessment", Place("", "330200")))
    assert sharing.change_for(score, grades, ref, Working()) == change


@pytest.mark.parametrize(("score", "paid"), [(10_000, "30000.00"), (9_000, "30000.00"), (6_000, "20000.00"), (0, "0.00")])
def test_the_part_held_back(score: int, paid: str) -> None:
    found = sharing.withheld(f("100000"), reading.withheld(book("withheld", Place("sample-withheld"))), score, Working())
    assert yuan(found[0]) == paid and sum(found) == f("30000")


@pytest.mark.parametrize(("rule", "charged", "change", "kept"), [
    (WHOLE, "985", 0, "7.50"), (WHOLE, "940", 0, "42.00"), (SLICE, "940", 0, "38.00"), (WHOLE, "850", 0, "60.00"), (SLICE, "850", 0, "86.00"), (WHOLE, "940", 500, "45.00"), (WHOLE, "940", None, "0.00"),
    (WHOLE, "1060", 0, "-18.00"), (SLICE, "1060", 0, "-22.00"), (WHOLE, "1060", None, "-60.00"), (WHOLE, "1000", 0, "0.00"), (SharingRule(KEEP, KEEP, Banding.SLICE, most=300), "850", 0, "30.00"),
])  # fmt: skip
def test_bands(rule: SharingRule, charged: str, change: int | None, kept: str) -> None:
    found = sharing.shared(f("1000"), f(charged), rule, change, Working())
    assert yuan(found.consortium) == kept and found.consortium + found.fund == f("1000") - f(charged)


@pytest.mark.parametrize(("place", "charged", "kept"), [("510802", "1200", "-100.00"), ("510802", "1200.01", "-200.01"), ("510802", "900", "20.00"), ("532328", "900", "100.00"), ("532328", "1100", "-100.00"), ("520502", "1100", "-100.00"), ("340123", "900", "100.00")])
def test_the_sharing_of_each_place(place: str, charged: str, kept: str) -> None:
    assert yuan(sharing.shared(f("1000"), f(charged), reading.sharing(book("sharing", Place("", place))), 0, Working()).consortium) == kept


def test_assessment_founds_no_share() -> None:
    assert sharing.shared(1_000, 1_100, SharingRule((Band(None, 10_000),), (Band(None, 0),), Banding.WHOLE), 500, Working()).consortium == -100
    assert sharing.shared(1_000, 900, SharingRule((Band(None, 10_000),), (Band(None, 0),), Banding.WHOLE), 500, Working()).consortium == 100


def test_below_the_line_nothing_of_the_held_back_part_is_paid() -> None:
    rule = WithheldRule(3_000, 9_000, nothing_below=6_000)
    assert [sharing.withheld(f("1000"), rule, score, Working())[0] for score in (5_999, 6_000, 9_000)] == [0, f("200"), f("300")]


@given(st.integers(0, 10**12), st.integers(0, 2 * 10**12), st.sampled_from(Banding), st.sampled_from([None, -500, 0, 500]))
def test_both_sides_make_the_difference_and_nobody_gains_by_an_overspend(package: int, charged: int, banding: Banding, change: int | None) -> None:
    found = sharing.shared(package, charged, SharingRule(KEEP, KEEP, banding), change, Working())
    assert found.consortium + found.fund == package - charged
    assert found.consortium * (package - charged) >= 0 and found.fund * (package - charged) >= 0


@given(st.integers(1, 10**10), st.integers(0, 10**10), st.integers(0, 10**9), st.integers(0, 9_000), st.integers(0, 1_000))
def test_saving_more_by_slices_and_scoring_more_never_gives_less(package: int, charged: int, less: int, score: int, better: int) -> None:
    charged = min(charged, package)
    less = min(less, charged)
    kept = [sharing.shared(package, spent, SLICE, sharing.change_for(points, GRADES, "", Working()), Working()).consortium for spent, points in ((charged, score), (charged - less, score), (charged, score + better))]
    assert kept[1] >= kept[0] and kept[2] >= kept[0]


def scored(scores: dict[str, int]) -> dict[str, Member]:
    return {who: Member(who, who, "县级", score=score) for who, score in scores.items()}


STRAIGHT = InnerRule({}, by={"": By.SCORE}, overspend_by={"": By.EQUAL})


@given(st.integers(0, 10**12), PEOPLE, st.data())
def test_a_higher_score_never_gets_less_and_order_changes_nothing(amount: int, scores: dict[str, int], data: st.DataObject) -> None:
    found = inner.shared(amount, STRAIGHT, scored(scores), Working())
    assert sum(found.values()) == amount and found == inner.shared(amount, STRAIGHT, scored(dict(reversed(scores.items()))), Working())
    who = data.draw(st.sampled_from(sorted(scores)))
    raised = inner.shared(amount, STRAIGHT, scored({**scores, who: scores[who] + 1}), Working())
    assert raised[who] >= found[who]


def test_workload_corrected_by_quality_and_need_adjusted_heads() -> None:
    values = {"随访": 15_000, "体检": 40_000}
    done = {"甲": ({"随访": 10, "体检": 2}, 10_000), "乙": ({"随访": 10, "体检": 2}, 9_000), "丙": ({}, 10_000)}
    members = {who: Member(who, who, work=work, quality=quality) for who, (work, quality) in done.items()}
    rule = InnerRule({}, by={"": By.WORKLOAD}, values=values)
    assert shown(inner.shared(f("190"), rule, members, Working())) == {"甲": "100.00", "乙": "90.00", "丙": "0.00"}
    needy = {"甲": Member("甲", "甲", heads=100, need=10_000), "乙": Member("乙", "乙", heads=100, need=15_000)}
    assert shown(inner.shared(f("100"), InnerRule({}, by={"": By.NEED}), needy, Working())) == {"甲": "40.00", "乙": "60.00"}
    with pytest.raises(Refused, match="手术"):
        inner.shared(1, rule, {**members, "甲": Member("甲", "甲", work={"手术": 1}, quality=1)}, Working())
    with pytest.raises(Refused, match="甲.quality"):
        inner.shared(1, rule, {**members, "甲": Member("甲", "甲", work={"随访": 1})}, Working())
    with pytest.raises(Refused, match="甲.need"):
        inner.shared(1, InnerRule({}, by={"": By.NEED}), {**needy, "甲": Member("甲", "甲", heads=1)}, Working())


def test_custom_shares_equal_shares_and_a_word_for_each_level() -> None:
    members = {who: Member(who, who, level, heads=heads, score=9_000) for who, level, heads in (("甲", "县级", 0), ("乙", "县级", 0), ("丙", "乡镇", 1), ("丁", "乡镇", 3))}
    rule = InnerRule({"县级": 1, "乡镇": 1}, by={"县级": By.CUSTOM, "乡镇": By.HEADS}, overspend_by={"": By.EQUAL}, custom={"甲": 7, "乙": 3})
    assert shown(inner.shared(f("200"), rule, members, Working())) == {"甲": "70.00", "乙": "30.00", "丙": "25.00", "丁": "75.00"}
    assert shown(inner.shared(-f("200"), rule, members, Working())) == {"甲": "-50.00", "乙": "-50.00", "丙": "-50.00", "丁": "-50.00"}
    with pytest.raises(Refused, match="没有成员“乙”"):
        inner.shared(1, replace(rule, custom={"甲": 1}), members, Working())


def test_levels_and_then_members() -> None:
    rule, working = InnerRule({"县级": 6, "乡镇": 4}, by={"": By.SCORE}), Working()
    members = {"县医院": Member("县医院", "县医院", "县级", score=9_000), "青山": Member("青山", "青山", "乡镇", score=8_000), "白水": Member("白水", "白水", "乡镇", score=8_000)}
    assert shown(inner.shared(f("100.01"), rule, members, working)) == {"县医院": "60.01", "白水": "20.00", "青山": "20.00"}
    assert [step.name for step in working.steps] == ["各级份额", "县级：成员份额", "乡镇：成员份额"]
    # nobody says how an overspend is borne inside the townships: it stays with the level
    assert shown(inner.shared(-f("100"), rule, members, working)) == {"县医院": "-60.00"} and working.steps[-1].result == "不计算"
    with pytest.raises(Refused, match="超支不能按得分"):
        inner.shared(-1, replace(rule, overspend_by={"": By.SCORE}), {**members, "城南": replace(members["县医院"], code="城南")}, Working())
    with pytest.raises(Refused, match="乡镇"):
        inner.shared(3, rule, {"县医院": members["县医院"]}, Working())
    with pytest.raises(Refused, match="省级"):
        inner.shared(1, rule, {**members, "省医院": Member("省医院", "省医院", "省级")}, Working())


@pytest.mark.parametrize("given_bands", [[], [{"up_to": "2%", "share": "50%"}], [{"share": "50%"}, {"share": "40%"}], [{"up_to": "5%", "share": "1%"}, {"up_to": "5%", "share": "2%"}, {"share": "1%"}], [{"up_to": "9%", "share": "1%"}, {"up_to": "5%", "share": "2%"}, {"share": "1%"}], [{"share": "101%"}]])
def test_bands_that_overlap_or_end_are_refused(given_bands: list[dict[str, str]]) -> None:
    with pytest.raises(Refused) as refusal:
        reading.bands(given_bands, "surplus")
    assert refusal.value.field == "surplus"


def test_a_silent_place_is_refused() -> None:
    nowhere = Place("", "620102")
    for topic in ("sharing", "assessment", "withheld", "director", "rbrvs", "public_health_tasks", "inner"):
        with pytest.raises(Refused, match=f"没有 settlement.distribution.{topic}"):
            book(topic, nowhere)


def test_the_chain_from_package_to_members_leaves_its_working() -> None:
    working = Working()
    found = sharing.shared(f("1000"), f("940.01"), reading.sharing(book("sharing", YUXI)), 0, working)
    parts = inner.by_ratio(found.consortium, reading.ratio(book("inner", YUXI)), working)
    assert sum(parts.values()) == f("59.99") and [step.name for step in working.steps] == ["结余或超支", "留用", "归还基金", "按比例分配"]
    assert working.steps[1].policy_ref == "settlement.distribution.sharing@2026-01-01#local/yunxi" and '"result":{"乡镇":"18.00"' in working.canonical()
