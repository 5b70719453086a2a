"""Rules of supervision on the planted month: what they find, what they leave alone, and that it does not matter how claims are cut into blocks."""

from __future__ import annotations

import random

import pytest

from tests.supervision.measuring import measure
from tests.supervision.month import Month, month
from yilianti.settlement.supervision import rules
from yilianti.settlement.supervision.ledger import Ledger
from yilianti.settlement.supervision.terms import Family

#: family → planted, named, right, look-alikes, left alone. Written down from docs/benchmarks.md; a change of a rule changes both.
COUNTS = {
    "repeated": (24, 20, 20, 84, 84), "price": (24, 21, 21, 0, 0), "parts": (24, 20, 20, 0, 0), "split": (24, 32, 20, 72, 60), "hanging": (24, 24, 20, 28, 24),
    "limits": (24, 21, 21, 12, 12), "quantity": (24, 25, 21, 40, 36), "mismatch": (24, 21, 21, 12, 12), "card": (24, 24, 20, 64, 60),
}  # fmt: skip


@pytest.fixture(scope="module")
def planted() -> Month:
    return month()


def test_each_family_finds_what_it_should(planted: Month) -> None:
    assert {str(one.family): (one.planted, one.found, one.right, one.alike, one.cleared) for one in measure(planted)} == COUNTS


def test_what_is_missed_or_named_in_vain_is_what_was_said(planted: Month) -> None:
    named = {(one.family, one.claim) for one in rules.ask(planted.ledger(), planted.book)}
    missed = {story for key, story in planted.truth.items() if key not in named}
    assert all("规则" in story or "默认" in story for story in missed), missed
    in_vain = {planted.alike.get(key, "无") for key in named if key not in planted.truth}
    assert all("须由人核销" in story for story in in_vain), in_vain


def test_an_ordinary_month_is_quiet() -> None:
    quiet = Month(3)
    quiet.ordinary(1_500, 300)
    assert [one.finding for one in rules.ask(quiet.ledger(), quiet.book)] == []


def test_blocks_of_people_say_the_same_as_all_together(planted: Month) -> None:
    people = sorted({claim.resident for claim in planted.claims.values()})
    random.Random(1).shuffle(people)
    found = set()
    for half in (set(people[::2]), set(people[1::2])):
        claims = [claim for claim in planted.claims.values() if claim.resident in half]
        mine = {claim.number for claim in claims}
        ledger = Ledger.of(claims, [line for line in planted.lines if line.claim in mine], [sign for sign in planted.signs if sign.claim in mine])
        found |= {_told(one) for one in rules.ask(ledger, planted.book)}
    assert found == {_told(one) for one in rules.ask(planted.ledger(), planted.book)}


def test_the_order_of_lines_changes_no_amount(planted: Month) -> None:
    lines = list(planted.lines)
    random.Random(2).shuffle(lines)
    shuffled = Ledger.of(list(planted.claims.values()), lines, planted.signs)
    assert {(one.rule, one.claim, one.amount) for one in rules.ask(shuffled, planted.book)} == {(one.rule, one.claim, one.amount) for one in rules.ask(planted.ledger(), planted.book)}


def test_every_suspicion_shows_evidence_and_says_why(planted: Month) -> None:
    found = list(rules.ask(planted.ledger(), planted.book))
    assert {one.family for one in found} == set(Family)
    for one in found:
        assert one.rows and one.finding.because.endswith("。") and one.finding.policy_ref and one.finding.en and one.amount > 0, one
        assert {row.claim for row in one.rows} <= {one.claim, *one.beside}


def _told(one: object) -> tuple[object, ...]:
    return (one.rule, one.claim, one.beside, one.finding.because, one.amount)  # type: ignore[attr-defined]
