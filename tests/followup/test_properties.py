"""What holds for any values: worse is never classed better, danger always wins, the order of storage does not matter, nothing is guessed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.followup.asked import DAY, held, visit
from yilianti.care.followup import flow
from yilianti.care.followup.terms import Answer, Earlier, Enrolment, Refer, Visit

PRESSURES = st.one_of(st.none(), st.integers(0, 400), st.decimals(0, 400, places=1))
CLASSES = st.sampled_from(["satisfied", "unsatisfied", "reaction", "complication"])
SIGNS = st.one_of(st.none(), st.lists(st.sampled_from(["headache", "vision", "chest_pain", "beyond"]), max_size=2))
EARLIER = st.lists(st.builds(Earlier, st.dates(date(2025, 1, 1), date(2026, 12, 31)), st.one_of(st.none(), st.frozensets(CLASSES, min_size=1))), max_size=6)
TOLD = st.sampled_from([None, "1", "2", "3"])
VALUES = st.fixed_dictionaries({
    "sbp": PRESSURES, "dbp": PRESSURES, "danger": SIGNS, "adverse_reaction": TOLD, "complication": TOLD, "age": st.one_of(st.none(), st.integers(18, 100)),
    "symptoms": st.lists(st.sampled_from("123456789"), max_size=3), "pregnant_or_nursing": st.sampled_from([None, True, False]), "weight": st.one_of(st.none(), st.integers(-5, 900)),
})  # fmt: skip
ANYTHING = st.recursive(st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.dates()), lambda one: st.lists(one, max_size=3), max_leaves=3)
RANK = {row.code: rank for rank, row in enumerate(held("hypertension").classes)}


def answer(values: dict[str, Any], earlier: list[Earlier] = []) -> Answer:  # noqa: B006 - never changed
    return flow.ask(held("hypertension"), Visit(DAY, values), earlier, Enrolment())


@settings(max_examples=150, deadline=None)
@given(VALUES, EARLIER, st.sampled_from(["sbp", "dbp"]), st.integers(0, 150))
def test_a_worse_value_is_never_classed_better_nor_referred_less(values: dict[str, Any], earlier: list[Earlier], name: str, more: int) -> None:
    if values[name] is None:
        return
    mild, worse = answer(values, earlier), answer({**values, name: values[name] + more}, earlier)
    assert worse.refer.weight >= mild.refer.weight
    assert mild.classes - {"satisfied"} <= worse.classes
    if mild.class_ is not None and mild.class_ != "satisfied":
        assert worse.class_ is not None and RANK[worse.class_] >= RANK[mild.class_]


@settings(max_examples=80, deadline=None)
@given(VALUES, EARLIER)
def test_one_more_complaint_never_calms(values: dict[str, Any], earlier: list[Earlier]) -> None:
    mild = answer({**values, "complication": "1"}, earlier)
    worse = answer({**values, "complication": "2"}, earlier)
    assert worse.refer.weight >= mild.refer.weight and worse.class_ == "complication"


@settings(max_examples=80, deadline=None)
@given(VALUES, EARLIER, st.sampled_from(["headache", "vision", "orthopnoea", "beyond"]))
def test_danger_always_wins(values: dict[str, Any], earlier: list[Earlier], sign: str) -> None:
    told = answer({**values, "danger": [sign]}, earlier)
    assert told.refer is Refer.URGENT and told.step == "danger" and not told.adjust
    assert told.check_by == DAY + timedelta(days=14) and told.next_on is not None and told.next_on <= told.check_by
    assert f"danger.{sign}" in {reason.code for reason in told.reasons}


@settings(max_examples=80, deadline=None)
@given(VALUES, EARLIER, st.randoms())
def test_the_order_of_storage_does_not_matter(values: dict[str, Any], earlier: list[Earlier], chance: Any) -> None:
    turned = list(earlier)
    chance.shuffle(turned)
    assert answer(values, turned) == answer(values, earlier)
    assert answer(dict(reversed(values.items())), earlier) == answer(values, earlier)


@settings(max_examples=80, deadline=None)
@given(VALUES, EARLIER)
def test_taking_a_value_away_never_invents_control(values: dict[str, Any], earlier: list[Earlier]) -> None:
    """Satisfied is only said where every required value is there and none of them doubtful."""
    told = answer(values, earlier)
    if told.class_ == "satisfied":
        assert not [name for name in ("sbp", "dbp", "adverse_reaction", "complication") if values[name] is None]
        assert not [finding for finding in told.findings if finding.code in ("question.sbp", "question.dbp", "question.sbp.dbp")]
    if told.step == "satisfied":
        assert values["danger"] is not None
    if told.class_ is None:
        assert told.missing and "missing.next" in {finding.code for finding in told.findings} or told.next_on is not None


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from([*held("hypertension").form.fields, "strange"]), ANYTHING, max_size=8), EARLIER)
def test_anything_at_all_gets_an_answer(values: dict[str, Any], earlier: list[Earlier]) -> None:
    told = answer(values, earlier)
    assert told.as_data()["refer"] in ("none", "ordinary", "urgent")
    assert told.next_on is None or told.next_on > DAY


def test_a_sign_stays_a_sign_beside_one_that_is_unknown() -> None:
    told = answer({**visit("hypertension"), "danger": ["headache", "no_such_sign"]})
    assert told.refer is Refer.URGENT and "unreadable.danger" in {finding.code for finding in told.findings}
