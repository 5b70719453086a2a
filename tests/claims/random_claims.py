"""Claims at random: some people, each with several claims of a year or two, stays that do not overlap, a third of them after a referral."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path

from yilianti.policybook.places import Place
from yilianti.settlement.claims.pricing.claim import Claim
from yilianti.settlement.claims.pricing.terms import Area, Group, Kind, Level, Way

HOME = Path(__file__).parent / "home"
PLACES = [*[Place("trial")] * 4, Place("", "340303"), Place("", "341102"), Place("", "320703"), Place("", "340281"), Place("sample-ordinance"), Place("sample-grades"), Place("", "420106")]
NONE = {"deductible": -1, "basic": -1, "catastrophic": -1}


def claims(count: int, seed: int = 7, places: list[Place] = PLACES) -> list[Claim]:
    chance = random.Random(seed)
    found: list[Claim] = []
    person = 0
    while len(found) < count:
        person += 1
        place, day, before = chance.choice(places), date(2024, 10, 1), ""
        groups = tuple(group for group in Group if group is not Group.REFERRED and chance.random() < 0.12)
        for number in range(chance.choice((1, 1, 2, 3, 4, 6, 9))):
            one = _claim(chance, f"{person}-{number}", str(person), place, day, groups, before)
            found.append(one)
            before, day = one.id if one.kind is Kind.INPATIENT else "", one.discharged_on + timedelta(days=chance.choice((0, 1, 10, 40)))
    chance.shuffle(found)
    return found


def _claim(chance: random.Random, id: str, person: str, place: Place, day: date, groups: tuple[Group, ...], before: str) -> Claim:
    kind = chance.choice((*[Kind.INPATIENT] * 3, Kind.OUTPATIENT, Kind.CHRONIC))
    total = int(10 ** chance.uniform(3, 7.7)) if kind is Kind.INPATIENT else int(10 ** chance.uniform(2, 5.7))
    parts = [int(total * chance.choice((0, 0, 0.05, 0.1)) * chance.random()) for _ in range(4)]
    area = chance.choice((*[Area.HERE] * 4, Area.OTHER_CITY, Area.OTHER_PROVINCE)) if kind is Kind.INPATIENT else Area.HERE
    return Claim(id, person, place, day, day + timedelta(days=chance.randint(0, 12)) if kind is Kind.INPATIENT else day, kind, chance.choice(list(Level)), area, chance.choice(list(Way)), groups,
                 chance.choice((0, 0, 1)), chance.random() < 0.4, chance.choice((1, 1, 1, 2, 3, 8)), before if kind is Kind.INPATIENT and chance.random() < 0.5 else "",
                 dict(zip(("total", "fully_own", "over_limit", "first_self", "hospital"), (total, *parts), strict=True)), NONE)  # fmt: skip
