"""The rates of the norm and of cohorts: worked examples, an independent slow reckoning on generated people, and nothing gained by dropping anybody."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache

import pytest

from tests.followup.asked import DAY, held
from yilianti import policybook
from yilianti.care.followup import outcomes
from yilianti.care.followup.outcomes import Followed, Rate, Seen, Span
from yilianti.care.followup.terms import Ended
from yilianti.policybook.places import Place

YEAR = Span(date(2026, 1, 1), date(2027, 1, 1))
GOOD, BAD = frozenset({"satisfied"}), frozenset({"unsatisfied"})


@lru_cache
def policy() -> policybook.Edition:
    policybook.open_at(None)
    return policybook.in_force("clinical.followup.outcomes", DAY, Place())


def quarterly(*classes: frozenset[str] | None, way: str = "1") -> tuple[Seen, ...]:
    return tuple(Seen(date(2026, 3 * n + 1, 10), way, one) for n, one in enumerate(classes))


def person(key: str, *visits: Seen, **more: object) -> Followed:
    return Followed(key, **{"enrolled_on": date(2025, 5, 1), "visits": visits, "checked_on": (date(2026, 6, 1),), **more})  # type: ignore[arg-type]


PEOPLE = [
    person("full", *quarterly(BAD, BAD, BAD, GOOD)),
    person("three", *quarterly(GOOD, GOOD, GOOD)),
    person("by_phone", *quarterly(GOOD, GOOD, GOOD, GOOD, way="5")),
    person("no_check", *quarterly(GOOD, GOOD, GOOD, BAD), checked_on=()),
    person("unmeasured_last", *quarterly(GOOD, GOOD, GOOD, None)),
    person("never_seen"),
    person("half_year", Seen(date(2026, 8, 1), "4", GOOD), Seen(date(2026, 11, 1), "1", GOOD), enrolled_on=date(2026, 7, 1), checked_on=()),
    person("reaction_at_target", *quarterly(BAD, BAD, BAD, frozenset({"reaction"}))),
    person("next_year", enrolled_on=date(2027, 1, 1)),
    person("gone_before", ended_on=date(2025, 12, 1), ended_because=Ended.MOVED),
]


def test_the_year_by_hand() -> None:
    own = held("hypertension")
    standard = outcomes.managed_to_standard(PEOPLE, YEAR, own.cadence)
    assert standard.numerator == ("full", "half_year", "reaction_at_target", "unmeasured_last")
    assert len(standard.denominator) == 8 and standard.parts["unvisited"] == ("never_seen",)
    assert standard.exclusions == (("gone_before", "ended_before"), ("next_year", "enrolled_later"))
    control = outcomes.controlled(PEOPLE, YEAR, own)
    assert control.numerator == ("by_phone", "full", "half_year", "reaction_at_target", "three")
    assert control.parts["unmeasured"] == ("unmeasured_last",) and control.parts["lost"] == ("never_seen",) and control.value == Fraction(5, 8)
    share = outcomes.managed(PEOPLE, YEAR, 20)
    assert share.value == Fraction(7, 20) and "never_seen" not in share.numerator


def test_nothing_below_the_line_is_no_rate() -> None:
    own = held("hypertension")
    assert outcomes.controlled([], YEAR, own).value is None
    assert outcomes.managed(PEOPLE, YEAR, 0).value is None


def cohort_of(*people: Followed, on: date = date(2026, 4, 1)) -> Rate:
    return outcomes.cohort(people, Span(date(2025, 1, 1), date(2025, 4, 1)), on, held("hypertension"), policy())


def test_a_cohort_a_year_later() -> None:
    since = date(2025, 2, 1)
    told = cohort_of(
        person("controlled", Seen(date(2026, 3, 20), "1", GOOD), enrolled_on=since), person("high", Seen(date(2026, 3, 20), "1", BAD), enrolled_on=since),
        person("lost", Seen(date(2025, 9, 1), "1", GOOD), enrolled_on=since), person("refused", enrolled_on=since, ended_on=date(2025, 6, 1), ended_because=Ended.REFUSED, has_evidence=True),
        person("moved", enrolled_on=since, ended_on=date(2025, 6, 1), ended_because=Ended.MOVED, has_evidence=True),
        person("died", enrolled_on=since, ended_on=date(2025, 6, 1), ended_because=Ended.DEATH, has_evidence=True),
        person("said_to_have_died", enrolled_on=since, ended_on=date(2025, 6, 1), ended_because=Ended.DEATH),
        person("dies_later", Seen(date(2026, 3, 20), "1", GOOD), enrolled_on=since, ended_on=date(2026, 5, 1), ended_because=Ended.DEATH, has_evidence=True),
        person("another_quarter", enrolled_on=date(2025, 4, 1)),
    )  # fmt: skip
    assert told.numerator == ("controlled", "dies_later") and told.exclusions == (("died", "death"),) and told.value == Fraction(2, 7)
    assert told.parts["lost"] == ("lost",) and told.parts["moved"] == ("moved",) and told.parts["death"] == ("said_to_have_died",)


@pytest.mark.parametrize(("days", "result"), [(119, "controlled"), (120, "lost")])
def test_the_window_of_a_cohort(days: int, result: str) -> None:
    on = date(2026, 4, 1)
    assert cohort_of(person("one", Seen(on - timedelta(days=days), "1", GOOD), enrolled_on=date(2025, 2, 1)), on=on).parts == {result: ("one",)}


def generated(chance: random.Random, size: int) -> Iterator[Followed]:
    def day() -> date:
        return date(2025, 1, 1) + timedelta(days=chance.randrange(900))

    for number in range(size):
        visits = [Seen(day(), chance.choice("1123459"), chance.choice([None, GOOD, GOOD, BAD, frozenset({"reaction"}), BAD | {"reaction"}])) for _ in range(chance.randrange(9))]
        ended = chance.choice([None, None, None, *Ended])
        yield Followed(f"P{number:04}", day(), tuple(visits), tuple(day() for _ in range(chance.randrange(3))), day() if ended else None, ended, chance.random() < 0.5)


def slow(people: list[Followed], year: int) -> tuple[set[str], set[str], set[str]]:
    """Under management, to standard, controlled: day by day, from the wording alone, sharing no line with the product."""
    inside, standard, good = set(), set(), set()
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(365)]
    for one in people:
        lived = [day for day in days if one.enrolled_on <= day and (one.ended_on is None or day < one.ended_on)]
        touches = one.enrolled_on < date(year + 1, 1, 1) and not (one.ended_on is not None and one.ended_on <= date(year, 1, 1))
        if not touches:
            continue
        inside.add(one.key)
        allowed = {day for day in days if one.enrolled_on <= day and (one.ended_on is None or day <= one.ended_on)}
        whole = 0
        if lived:
            start, stop = lived[0], lived[-1] + timedelta(days=1)
            while True:
                month = start.month + whole
                target = (start.year + month // 12, month % 12 + 1, start.day)
                if target > (stop.year, stop.month, stop.day):
                    break
                whole += 1
        owed = max(1, (4 * whole) // 12)
        met = {seen.on for seen in one.visits if seen.on in allowed and seen.way in "1234"}
        checked = {day for day in one.checked_on if day in days and day >= one.enrolled_on}
        if len(met) >= owed and len(checked) >= whole // 12:
            standard.add(one.key)
        latest = max((seen.on for seen in one.visits if seen.on in allowed), default=None)
        told = [seen.classes for seen in one.visits if seen.on == latest and seen.classes is not None]
        if told and not any("unsatisfied" in classes for classes in told):
            good.add(one.key)
    return inside, standard, good


@pytest.mark.parametrize("seed", range(6))
def test_the_rates_agree_with_a_slow_reckoning(seed: int) -> None:
    chance = random.Random(seed)
    people, own = list(generated(chance, 300)), held("hypertension")
    inside, standard, good = slow(people, 2026)
    chance.shuffle(people)
    told = outcomes.managed_to_standard(people, YEAR, own.cadence)
    assert (set(told.denominator), set(told.numerator)) == (inside, standard)
    control = outcomes.controlled(people, YEAR, own)
    assert (set(control.denominator), set(control.numerator)) == (inside, good)
    assert sorted(key for keys in control.parts.values() for key in keys) == sorted(inside)


@pytest.mark.parametrize("seed", range(3))
def test_dropping_somebody_never_raises_a_rate(seed: int) -> None:
    """Whoever is not controlled may be marked lost, refused, or moved: the cohort's rate stays or falls."""
    people = [replace(one, ended_on=None, ended_because=None) for one in generated(random.Random(seed), 200)]
    quarter, on, own = Span(date(2025, 1, 1), date(2025, 7, 1)), date(2026, 4, 1), held("hypertension")
    before = outcomes.cohort(people, quarter, on, own, policy())
    for because in (Ended.LOST, Ended.REFUSED, Ended.MOVED):
        dropped = [one if one.key in before.numerator else replace(one, ended_on=date(2026, 3, 1), ended_because=because, has_evidence=True) for one in people]
        after = outcomes.cohort(dropped, quarter, on, own, policy())
        assert after.value == before.value and len(after.denominator) == len(before.denominator)
