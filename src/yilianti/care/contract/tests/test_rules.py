"""Groups, windows, standings, money back: the arithmetic of a contract, without a database."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from yilianti.care.contract import rules
from yilianti.care.contract.terms import Item, Owed, Package, Standing, Tag
from yilianti.kernel.money import Money

TAGS = [Tag("general", "一般人群"), Tag("elderly", "老年人", age_from=65), Tag("child", "儿童", age_from=0, age_until=7), Tag("hypertension", "高血压患者"), Tag("girl", "女童", "2", 0, 7)]
DAY = date(2026, 11, 26)


@pytest.mark.parametrize(("born_on", "sex", "noted", "expected"), [
    (date(1961, 11, 26), "1", (), {"general", "elderly"}), (date(1961, 11, 27), "1", (), {"general"}),
    (date(2019, 11, 27), "1", (), {"general", "child"}), (date(2019, 11, 26), "1", (), {"general"}), (date(2026, 11, 26), "2", (), {"general", "child", "girl"}),
    (date(2026, 11, 27), "1", (), {"general"}), (None, "", ("hypertension", "elderly"), {"general", "hypertension"}),
])  # fmt: skip
def test_groups_by_age_by_sex_and_by_record(born_on: date | None, sex: str, noted: tuple[str, ...], expected: set[str]) -> None:
    assert set(rules.tags_of(TAGS, born_on=born_on, sex=sex, day=DAY, noted=noted)) == expected


def test_packages_are_proposed_with_the_group_that_speaks_for_them() -> None:
    known = [Package("b", "基础", "basic", ("general",)), Package("h", "高血压", "basic", ("hypertension",)), Package("r", "康复", "personal", ("disabled", "elderly"))]
    names = {tag.code: tag.name for tag in TAGS}
    found = rules.proposals(known, {"general": "所有居民", "elderly": "76 岁"}, names)
    assert [(one.package.code, one.because) for one in found] == [("b", "适合：一般人群"), ("r", "适合：老年人（76 岁）")]


@pytest.mark.parametrize(("times", "months", "count"), [(4, 12, 4), (1, 12, 1), (4, 24, 8), (1, 60, 5), (2, 18, 3)])
def test_windows_follow_each_other_without_gap_or_overlap(times: int, months: int, count: int) -> None:
    begins, until = date(2026, 3, 1), rules.months_after(date(2026, 3, 1), months)
    spans = rules.windows(Item("x", "x", "basic", times), begins, until)
    assert len(spans) == count and spans[0][0] == begins and spans[-1][1] == until - timedelta(days=1)
    assert all(right[0] - left[1] == timedelta(days=1) for left, right in zip(spans, spans[1:], strict=False))


def test_what_is_due_at_once_is_due_within_its_days() -> None:
    assert rules.windows(Item("x", "x", "basic", 1, 7), date(2026, 3, 1), date(2027, 3, 1)) == [(date(2026, 3, 1), date(2026, 3, 8))]


@pytest.mark.parametrize(("day", "expected"), [(date(2024, 2, 29), date(2025, 2, 28)), (date(2026, 1, 31), date(2027, 1, 31))])
def test_a_year_on(day: date, expected: date) -> None:
    assert rules.months_after(day, 12) == expected


OWED = Owed(1, "p", "i", "随访", date(2026, 3, 1), date(2026, 5, 31), 20)


@pytest.mark.parametrize(("done_on", "day", "stopped_on", "expected"), [
    (None, date(2026, 2, 28), None, Standing.UPCOMING), (None, date(2026, 3, 1), None, Standing.DUE), (None, date(2026, 5, 31), None, Standing.DUE), (None, date(2026, 6, 1), None, Standing.OVERDUE),
    (date(2026, 5, 31), date(2026, 6, 1), None, Standing.DONE), (date(2026, 6, 1), date(2026, 6, 1), None, Standing.LATE),
    (None, date(2026, 4, 1), date(2026, 4, 2), Standing.DUE), (None, date(2026, 4, 2), date(2026, 4, 2), Standing.DROPPED), (None, date(2026, 7, 1), date(2026, 6, 1), Standing.OVERDUE),
])  # fmt: skip
def test_where_an_item_stands(done_on: date | None, day: date, stopped_on: date | None, expected: Standing) -> None:
    assert rules.standing(OWED, done_on, day, stopped_on) is expected


def test_dropped_items_are_in_neither_part_of_the_rate() -> None:
    every = [(OWED, how) for how in (Standing.DONE, Standing.LATE, Standing.OVERDUE, Standing.DUE, Standing.UPCOMING, Standing.DROPPED)]
    assert rules.fulfilment(every, DAY) == (2, 3)


def test_one_service_answers_the_earliest_open_item_of_each_package() -> None:
    def owed(key: int, package: str, part: int) -> Owed:
        return Owed(key, package, "yearly", "体检", date(2026, 1 + part, 1), date(2026, 1 + part, 28))

    every = [owed(1, "a", 0), owed(2, "a", 1), owed(3, "b", 0), owed(4, "b", 3)]
    assert [one.id for one in rules.answered(every, [1, 2, 3, 4], date(2026, 2, 10))] == [1, 3]
    assert [one.id for one in rules.answered(every, [2, 4], date(2026, 2, 10))] == [2]


@pytest.mark.parametrize("person", [1, 99, 18_000, 12_345])
def test_what_a_person_paid_is_laid_on_the_items_to_the_fen(person: int) -> None:
    items = [Owed(key, "p", "i", "x", DAY, DAY, price) for key, price in enumerate([5_000, 5_000, 6_000, 0])]
    parts = rules.values_of(person, items)
    assert sum(part.fen for part in parts.values()) == person and parts[3] == Money(0)
    even = rules.values_of(person, [Owed(key, "p", "i", "x", DAY, DAY) for key in range(7)])
    assert sum(part.fen for part in even.values()) == person and max(p.fen for p in even.values()) - min(p.fen for p in even.values()) <= 1
    assert rules.values_of(None, items) == rules.values_of(0, items) == {}


def test_coverage_counts_whoever_belongs_signed_or_not() -> None:
    people = [(1, date(1950, 1, 1), "1"), (2, date(1950, 1, 1), "2"), (3, date(2020, 1, 1), "2"), (4, None, "")]
    found = {one.tag: (one.people, one.signed) for one in rules.coverage(people, TAGS, {"hypertension": frozenset({2, 9})}, frozenset({1, 2, 9}), DAY)}
    assert found == {"general": (4, 2), "elderly": (2, 2), "child": (1, 0), "hypertension": (1, 1), "girl": (1, 0)}
    assert rules.coverage(people[:3], TAGS, {}, frozenset({1}), DAY)[0].share == 3333
