"""Quorum and majorities, at their edges."""

from __future__ import annotations

import pytest

from yilianti.registry.governance import rules


@pytest.mark.parametrize(("entitled", "share", "needed"), [(5, "1/2", 3), (6, "1/2", 4), (6, "2/3", 4), (7, "2/3", 5), (1, "1/2", 1), (3, "1", 3)])
def test_a_quorum_is_reached_and_half_is_passed(entitled: int, share: str, needed: int) -> None:
    assert rules.quorum_of(entitled, share) == needed
    assert rules.is_quorate(needed, entitled, share) and not rules.is_quorate(needed - 1, entitled, share)


def test_a_council_without_members_decides_nothing() -> None:
    assert not rules.is_quorate(0, 0, "1/2") and rules.missing_quorum(0, 0, "1/2", "x")[0].blocks


def count(choices: str, majority: str, *, entitled: int = 9, present: int = 6, of: str = "present") -> bool:
    words = {"f": "for", "a": "against", "o": "abstain", "r": "recused"}
    return rules.tally([words[c] for c in choices], majority=majority, counted_of=of, entitled=entitled, present=present).adopted


@pytest.mark.parametrize(("choices", "majority", "adopted"), [
    ("fff", "simple", False), ("ffff", "simple", True), ("fffaaa", "simple", False), ("ffff", "two_thirds", True), ("fff", "two_thirds", False),
    ("ffffff", "unanimous", True), ("fffffo", "unanimous", False), ("fffffr", "unanimous", True), ("fffrr", "simple", True), ("ffrr", "simple", False), ("rrrrrr", "simple", False),
])  # fmt: skip
def test_majorities_of_six_present(choices: str, majority: str, adopted: bool) -> None:
    assert count(choices, majority) is adopted


def test_of_all_nine_four_are_too_few() -> None:
    assert not count("ffff", "simple", of="all") and count("fffff", "simple", of="all")


def test_numbers_follow_the_form_of_the_policy() -> None:
    assert rules.numbered("云医共体决〔{year}〕{serial}号", 2026, 3) == "云医共体决〔2026〕3号"
