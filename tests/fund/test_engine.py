"""The engine whatever the scheme and the county: the parts make the pool, order changes nothing, a better score never gets less; and what it refuses."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.architecture.house import SOURCE
from yilianti import policybook
from yilianti.kernel.finding import Refused
from yilianti.settlement.distribution.engine import STEPS, Result, evaluate, reckon
from yilianti.settlement.distribution.inputs import Inputs
from yilianti.settlement.distribution.scheme import Scheme
from yilianti.settlement.distribution.sections import BEHIND, KEYS
from yilianti.settlement.distribution.steps.totals import ENDS
from yilianti.settlement.distribution.terms import Line
from yilianti.settlement.fund.api import yuan

LEVELS = ("县级", "乡镇", "村级")
VALUES = [{"item": "随访", "value": "1.5"}, {"item": "体检", "value": "4"}]
MONEY = st.integers(0, 10**13)


@pytest.fixture(autouse=True)
def shipped() -> None:
    policybook.open_at(None)


def percents(least: int = 0, most: int = 10_000) -> st.SearchStrategy[str]:
    return st.integers(least, most).map(lambda points: f"{yuan(points)}%")


@st.composite
def bands(draw: st.DrawFn) -> list[dict[str, str]]:
    ends = sorted(draw(st.sets(st.integers(1, 3_000), max_size=3)))
    return [{"up_to": f"{yuan(end)}%", "share": draw(percents())} for end in ends] + [{"share": draw(percents())}]


@st.composite
def schemes(draw: st.DrawFn, by: str = "") -> dict[str, Any]:
    """Sections as a frozen scheme holds them."""
    levels = draw(st.lists(st.sampled_from(LEVELS), unique=True, max_size=3))
    inner: dict[str, Any] = {"weights": {level: draw(st.integers(1, 9)) for level in levels}, "by": by or draw(st.sampled_from(["score", "workload", "need", "heads", "equal", "custom"])), "overspend_by": draw(st.sampled_from(["workload", "need", "heads", "equal", "custom"]))}
    if levels and draw(st.booleans()):
        inner["rest_to"] = levels[0]
    found: dict[str, Any] = {
        "budget.base": {"values": {"base": "told", "reserve": draw(percents(0, 1_000))}}, "budget.advance": {"values": {"pace": draw(st.sampled_from(["quarter", "month"])), "paid": draw(percents())}},
        "distribution.sharing": {"values": {"surplus": draw(bands()), "overspend": draw(bands()), "banding": draw(st.sampled_from(["whole", "slice"]))}}, "distribution.inner": {"values": {key: one for key, one in inner.items() if one}},
        "distribution.work_points": {"values": {}, "rows": VALUES}, "distribution.assessment": {"values": {}, "rows": [{"from": "80", "change": "+5"}, {"from": "60", "change": "-5"}, {"from": "0", "change": "none"}]},
        "distribution.expert": {"values": {"weights": {"基层机构": 30, "上级": 70}, "here": "基层机构"}}, "budget.public_health": {"values": {}, "rows": [{"year": "2026", "per_head": "99.00"}]},
    }  # fmt: skip
    if draw(st.booleans()):
        found["distribution.surplus_use"] = {"values": {"weights": {"成员": draw(st.integers(1, 9)), "发展": draw(st.integers(0, 9))}, "shared": "成员"}}
    if draw(st.booleans()):
        found["distribution.withheld"] = {"values": {"held": draw(percents()), "full_from": "90", "nothing_below": draw(st.sampled_from(["0", "60"])), "rest_to": draw(st.sampled_from(["fund", "consortium"]))}}
    return {"title": "任意", "year": 2026, "consortium": "", "region": "", "sections": {name: {"policy_ref": name} | one for name, one in found.items()}}


@st.composite
def counties(draw: st.DrawFn, scheme: dict[str, Any]) -> dict[str, Any]:
    levels = list(scheme["sections"]["distribution.inner"]["values"].get("weights", LEVELS))
    number = draw(st.integers(len(levels), 6))
    members = {
        f"M{n}": {"name": f"机构{n}", "level": levels[n % len(levels)], "score": yuan(draw(st.integers(1, 9_999))), "heads": draw(st.integers(1, 10**6)), "need": draw(percents(1, 20_000)), "quality": draw(percents(1)), "work": {"随访": draw(st.integers(1, 10**5)), "体检": draw(st.integers(0, 10**4))}}
        for n in range(number)
    }  # fmt: skip
    scheme["sections"]["distribution.inner"]["values"]["custom"] = {code: draw(st.integers(1, 9)) for code in members}
    found: dict[str, Any] = {"facts": {"persons": draw(st.integers(1, 10**6)), "told": yuan(draw(MONEY))}, "spending": {"members": yuan(draw(MONEY)), "outside": yuan(draw(MONEY))}, "members": members, "public_health": {"heads": draw(st.integers(0, 10**6))}}
    if draw(st.booleans()):
        found["score"] = yuan(draw(st.integers(0, 10_000)))
    if number > 1:
        found["expert"] = [{"from": "M0", "at": f"M{draw(st.integers(1, number - 1))}", "amount": yuan(draw(MONEY))} for _ in range(draw(st.integers(0, 3)))]
    return found


def run(scheme: dict[str, Any], county: dict[str, Any]) -> Result:
    return evaluate(Scheme.of_plain(scheme), Inputs.of_plain(county))


def shuffled(held: Any, by: random.Random) -> Any:
    """The same JSON with its objects, and its lists of objects, in another order; bands and grades have an order of their own."""
    if isinstance(held, dict):
        names = list(held)
        by.shuffle(names)
        return {name: held[name] if name in ("surplus", "overspend", "rows") else shuffled(held[name], by) for name in names}
    if isinstance(held, list) and held and isinstance(held[0], dict):
        return by.sample(held, len(held))
    return held


@given(st.data())
def test_the_parts_make_the_pool_to_the_fen(data: st.DataObject) -> None:
    scheme = data.draw(schemes())
    county = data.draw(counties(scheme))
    found = run(scheme, county)
    assert sum(found.totals.get(end, 0) for end in ENDS) == found.totals["left"] == found.totals["package"] - found.totals["charged"]
    assert found.totals["advance"] + found.totals["held_back"] == found.totals["package"] and found.totals["unshared"] == 0
    lines = {line: sum(own.get(line, 0) for own in found.members.values()) for line in Line}
    assert lines["surplus_share"] + lines["overspend_share"] + lines["withheld"] == found.totals["members"] and lines["expert"] == 0
    assert lines["public_health"] == found.totals["public_health"] == county["public_health"]["heads"] * 9_900 and found.totals["public_health_unshared"] == 0
    assert lines["surplus_share"] >= 0 >= lines["overspend_share"] and not (lines["surplus_share"] and lines["overspend_share"])
    assert [done.name for done in found.steps] == list(STEPS)
    assert {code: {line: fen for done in found.steps for line, fen in done.amounts.get(code, {}).items()} for code in found.members} == {code: dict(own) for code, own in found.members.items()}


@given(st.data(), st.randoms(use_true_random=False))
def test_order_changes_nothing(data: st.DataObject, by: random.Random) -> None:
    scheme = data.draw(schemes())
    county = data.draw(counties(scheme))
    assert run(scheme, county).canonical() == run(shuffled(scheme, by), shuffled(county, by)).canonical()


@given(st.data())
def test_a_better_score_never_gets_less(data: st.DataObject) -> None:
    scheme = data.draw(schemes(by="score"))
    county = data.draw(counties(scheme))
    code = data.draw(st.sampled_from(sorted(county["members"])))
    score = int(county["members"][code]["score"].replace(".", ""))
    better = data.draw(st.integers(score, 10_000))
    raised = {**county, "members": {**county["members"], code: {**county["members"][code], "score": yuan(better)}}}
    before, after = run(scheme, county).members[code], run(scheme, raised).members[code]
    assert after.get("surplus_share", 0) >= before.get("surplus_share", 0)
    assert after.get("surplus_share", 0) + after.get("withheld", 0) >= before.get("surplus_share", 0) + before.get("withheld", 0)
    assert after.get("overspend_share", 0) == before.get("overspend_share", 0)


@given(st.data())
def test_what_was_frozen_gives_the_same_bytes(data: st.DataObject) -> None:
    scheme = data.draw(schemes())
    county = data.draw(counties(scheme))
    frozen = [json.loads(json.dumps(one.plain(), sort_keys=True)) for one in (Scheme.of_plain(scheme), Inputs.of_plain(county))]
    assert run(*frozen).canonical() == run(scheme, county).canonical()


BASE: dict[str, Any] = {"title": "试", "year": 2026, "consortium": "", "region": "", "sections": {
    "budget.base": {"policy_ref": "b", "values": {"base": "income", "share": "98%"}}, "distribution.sharing": {"policy_ref": "s", "values": {"surplus": [{"share": "100%"}], "overspend": [{"share": "0%"}], "banding": "whole"}},
    "distribution.inner": {"policy_ref": "i", "values": {"weights": {"县级": 6, "乡镇": 4}, "by": "score"}}}}  # fmt: skip
COUNTY: dict[str, Any] = {"facts": {"persons": 10, "income": "1000"}, "spending": {"members": "900"}, "members": {"H": {"level": "县级", "score": 90}, "T": {"level": "乡镇", "score": 80}}}


def changed(**change: Any) -> dict[str, Any]:
    return {**COUNTY, **change}


@pytest.mark.parametrize(("county", "field"), [
    (changed(expert=[{"from": "H", "at": "T", "amount": "1"}]), "expert"), (changed(remote=[{"from": "H", "at": "T", "kind": "心电", "count": 1}]), "remote"), (changed(recognition=[{"at": "H", "by": "T", "kind": "心电", "count": 1}]), "recognition"),
    (changed(public_health={"heads": 1}), "budget.public_health"), (changed(director=[{"name": "甲", "grade": "三级", "score": 90}]), "director"), (changed(pay_points={"wages": "1"}), "pay_points"), (changed(rbrvs={"pool": "1", "groups": {"甲": {"value": "1", "post": "1"}}}), "rbrvs.pool"),
    (changed(capitation=[{"name": "甲"}]), "capitation"), (changed(score=90), "score"), (changed(months=["1"]), "budget.path"), (changed(surplus="1"), "surplus"), ({"spending": {"members": "1"}}, "facts"), ({"months": ["1"]}, "facts"),
    (changed(public_health={}), "public_health"), (changed(public_health={"heads": 1, "pool": "1"}), "public_health"), (changed(director=[{"name": "甲", "grade": "三级", "score": 90}] * 2), "director"), (changed(expert=[{"from": "H"}]), "expert[0].at"),
    (changed(expert=[{"from": "H", "at": "T", "amount": "-1"}]), "expert[0].amount"), (changed(spending={"members": "-0.01"}), "spending.members"),
])  # fmt: skip
def test_inputs_without_their_section_and_faulty_ones_are_refused(county: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refusal:
        run(BASE, county)
    assert refusal.value.field == field and refusal.value.zh and refusal.value.en


REMOTE = {"distribution.remote": {"values": {"billed_by": "at"}, "rows": [{"kind": "心电", "fee": "10", "share": "50%", "level": "县级"}]}, "distribution.expert": {"values": {"weights": {"基层机构": 3, "上级": 7}}}, "distribution.recognition": {"values": {"paid_by": "at"}, "rows": [{"kind": "心电", "credit": "1"}]}}


@pytest.mark.parametrize(("county", "said"), [
    ({"remote": [{"from": "X", "at": "T", "kind": "心电", "count": 1}]}, "“X”：不是成员"), ({"remote": [{"from": "H", "at": "T", "kind": "心电", "count": 1}]}, "“乡镇”"), ({"remote": [{"from": "H", "at": "H", "kind": "心电", "count": 1}]}, "双方都是“H”"), ({"remote": [{"from": "T", "at": "H", "kind": "超声", "count": 1}]}, "“超声”"),
    ({"expert": [{"from": "H", "at": "H", "amount": "1"}]}, "双方都是“H”"), ({"recognition": [{"at": "T", "by": "H", "kind": "超声", "count": 1}]}, "“超声”"),
])  # fmt: skip
def test_services_between_strangers_or_without_a_fee_are_refused(county: dict[str, Any], said: str) -> None:
    sections = {name: {"policy_ref": name} | one for name, one in REMOTE.items()}
    with pytest.raises(Refused, match=said):
        run({**BASE, "sections": BASE["sections"] | sections}, changed(**county))


def test_who_bills_pays_the_other_its_share() -> None:
    def moved(billed_by: str) -> dict[str, int]:
        rows = [{"kind": "心电", "fee": "10.01", "share": "60%"}]
        scheme = {**BASE, "sections": BASE["sections"] | {"distribution.remote": {"policy_ref": "r", "values": {"billed_by": billed_by}, "rows": rows}}}
        found = run(scheme, changed(remote=[{"from": "H", "at": "T", "kind": "心电", "count": 1}]))
        return {code: own["remote"] for code, own in found.members.items()}

    # 60 % of 10.01 is 6.006, half-up 6.01; the other side has the other 4.00
    assert moved("at") == {"H": 601, "T": -601} and moved("from") == {"H": -400, "T": 400}


def test_values_are_changed_by_their_way_and_a_wrong_way_is_refused() -> None:
    scheme = Scheme.of_plain(BASE)
    assert scheme.with_("budget.base.share", "90%")["budget.base"]["share"] == "90%" and scheme["budget.base"]["share"] == "98%"
    assert scheme.with_("distribution.inner.weights.县级", 5)["distribution.inner"]["weights"] == {"县级": 5, "乡镇": 4}
    assert scheme.with_("distribution.sharing.surplus.0.share", "80%")["distribution.sharing"]["surplus"] == [{"share": "80%"}]
    assert scheme.with_("distribution.sharing.most", "3%")["distribution.sharing"]["most"] == "3%" and scheme.with_("budget.base.share", "90%")["budget.base"].policy_ref == "b（有改动）"
    whole = scheme.with_("distribution.assessment", {"rows": [{"from": "0", "change": "+5"}]})
    assert whole.with_("distribution.assessment.rows.0.change", "-1")["distribution.assessment"].table.rows[0]["change"] == "-1"
    for path in ("budget.base.shares", "distribution.inner.weights.市级", "budget.road.x", "distribution.sharing.surplus.1.share", "budget", "budget.base", "distribution.assessment.rows"):
        with pytest.raises(Refused) as refusal:
            scheme.with_(path, "1")
        assert refusal.value.field.startswith(path.split(".")[0])
    with pytest.raises(Refused, match=r"0\.5"):
        scheme.with_("budget.base.share", 0.5)


def test_steps_come_one_by_one_and_the_policies_in_force_make_a_scheme() -> None:
    steps = reckon(Scheme.of_plain(BASE), Inputs.of_plain(COUNTY))
    first = next(steps)
    assert first.name == "package" == STEPS[0] and first.plain()[0]["step"] == "package" and not first.amounts
    assert len(STEPS) == 16 and STEPS[-1] == "totals" and set(BEHIND) == set(Line) and {name for ones in BEHIND.values() for name in ones} <= set(KEYS)
    assert [done.amounts for done in steps if done.amounts] == [{"H": {"surplus_share": 4_800}, "T": {"surplus_share": 3_200}}]


def test_the_engine_knows_no_django() -> None:
    told = subprocess.run([sys.executable, "-c", "import sys, yilianti.settlement.distribution.engine; print([one for one in sys.modules if one.startswith('django')])"], capture_output=True, text=True, check=True, cwd=SOURCE.parent)
    assert told.stdout.strip() == "[]"


def test_shares_in_per_cent_make_a_hundred() -> None:
    def weights(**held: str) -> Result:
        return run({**BASE, "sections": BASE["sections"] | {"distribution.inner": {"policy_ref": "i", "values": {"weights": held, "by": "score"}}}}, COUNTY)

    assert weights(县级="60%", 乡镇="40%").members["H"]["surplus_share"] == 4_800
    with pytest.raises(Refused, match="110.00%"):
        weights(县级="60%", 乡镇="50%")


def test_public_health_by_population_and_quality() -> None:
    # 盐城 2023: a sum by resident population × yearly assessment: 600 × 100 % to 400 × 90 % is 600 : 360
    members = {"A": {"heads": 600, "quality": "100%"}, "B": {"heads": 400, "quality": "90%"}}
    found = run({**BASE, "sections": {}}, {"public_health": {"pool": "960.01"}, "members": members})
    assert {code: own["public_health"] for code, own in found.members.items()} == {"A": 60_001, "B": 36_000}
    with pytest.raises(Refused, match="B.quality"):
        run({**BASE, "sections": {}}, {"public_health": {"pool": "1"}, "members": {**members, "B": {"heads": 400}}})


def test_days_of_the_advance_are_frozen_with_the_scheme() -> None:
    advance = {"policy_ref": "a", "values": {"pace": "quarter", "paid": "100%", "due_working_days": 10}}
    frozen = Scheme.of_plain({**BASE, "sections": BASE["sections"] | {"budget.advance": advance}}).plain()
    assert frozen["due"] == ["2026-01-15", "2026-04-15", "2026-07-14", "2026-10-20"]
    later = {**frozen, "due": ["2026-01-16", *frozen["due"][1:]]}
    assert '"最迟":"2026-01-16"' in run(later, COUNTY).canonical()
    assert Scheme.of_plain(later).with_("budget.advance.due_working_days", 9).due_days()[0].isoformat() == "2026-01-14"
    assert Scheme.of_plain(BASE).plain()["due"] == []
