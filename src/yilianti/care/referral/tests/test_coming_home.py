"""Who can take somebody home, and in which order they are proposed: rules without a table."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from yilianti.care.referral.rules import criteria
from yilianti.care.referral.rules.coming_home import Home, Need, Readiness, needs_of, propose, review
from yilianti.care.referral.rules.situation import Situation

REHAB, DIALYSIS = Need("REHAB", "康复训练", ("I63", "S")), Need("HD", "血液透析", ("N18.5",))
OWN = Home(1, "本乡镇", "township", frozenset({"REHAB"}), 2, None, False, 40, None)


def order(*homes: Home, needs: tuple[Need, ...] = (REHAB,)) -> list[int]:
    return [one.home.institution for one in propose(needs, homes, own=1)]


@pytest.mark.parametrize(
    ("own", "other", "first"),
    [
        ({}, {"minutes": 5}, 1),  # one's own before a nearer one
        ({"able": frozenset()}, {}, 2),  # able before one's own
        ({"free": 0}, {}, 2),  # a bed before none
        ({"free": None}, {}, 1),  # not counted is not none
        ({"able": frozenset()}, {"free": 0}, 2),  # what is lacking weighs more than a bed
        ({"able": frozenset()}, {"able": frozenset()}, 1),
    ],
)
def test_the_place_that_fits_best_comes_first(own: dict, other: dict, first: int) -> None:
    assert order(replace(OWN, **own), replace(OWN, **({"institution": 2, "name": "邻乡镇"} | other)))[0] == first


def test_near_before_far_and_known_ways_before_unknown() -> None:
    far, near, unknown = (replace(OWN, institution=key, name=str(key), minutes=minutes) for key, minutes in ((2, 60), (3, 20), (4, None)))
    assert order(far, unknown, near) == [3, 2, 4]
    assert len(propose([], [replace(OWN, institution=key) for key in range(9)], own=None)) == 3


@pytest.mark.parametrize(("code", "wanted"), [("I63.900", [REHAB]), ("N18.501", [DIALYSIS]), ("I10.x05", []), ("", [])])
def test_needs_come_from_the_diagnosis(code: str, wanted: list[Need]) -> None:
    assert needs_of(code, [REHAB, DIALYSIS]) == wanted


def disease(*rows: tuple[str, str, str, str]) -> criteria.Disease:
    """id, ways, test, urgency."""
    told = [{"id": key, "ways": ways, "occasion": "", "test": test, "need": "all", "zh": key, "en": key, "urgency": urgency, "tag": "", "source": "", "confirm": ""}
            for key, ways, test, urgency in rows]  # fmt: skip
    return criteria.read("d", "d", ["I10"], told, "", "p")


KNOWN = [disease(("stable", "county>township", "sign", ""), ("high", "up", "sbp>=180", "urgent"), ("raised", "up", "sbp>=160", "elective"))]


@pytest.mark.parametrize(
    ("sbp", "signs", "days", "readiness", "against"),
    [
        ("159", ["d.stable"], 3, Readiness.READY, 0), ("160", ["d.stable"], 3, Readiness.NEARLY, 1), ("179", ["d.stable"], 3, Readiness.NEARLY, 1),
        ("180", ["d.stable"], 3, Readiness.NOT_YET, 2), ("159", [], 3, Readiness.NEARLY, 0), ("159", ["d.stable"], 2, Readiness.NOT_YET, 0),
        ("", ["d.stable"], 3, Readiness.READY, 0),
    ],
)  # fmt: skip
def test_at_below_and_above_what_sends_them_back(sbp: str, signs: list[str], days: int, readiness: Readiness, against: int) -> None:
    here = Situation(("I10",), "county", "township", {"sbp": Decimal(sbp)} if sbp else {}, frozenset(signs))
    found = review(here, KNOWN, days=days, least_days=3, measurable=["dbp", "sbp"])
    assert (found.readiness, len(found.against), found.facts, found.is_too_early) == (readiness, against, ("sbp",), days < 3)
    assert [one.is_met for one in found.conditions] == [bool(signs)]
