"""The bills of last year that the present year of bills does not reach: fewer and plainer, so that a whole fund year can be settled."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from django.utils import timezone

from demo.ailments import AILMENTS, KEPT
from demo.billing import Ledger, seen, stay
from demo.messages import Patient
from demo.places import CITY, COUNTY, PROVINCE, TCM
from demo.staff import Staff
from demo.visits import township_of
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.settlement.claims import actions
from yilianti.settlement.claims.terms import Told

SEED = 20251231
#: `demo.billing` begins so many days ago.
_REACH = 362
#: in a whole year: stays, visits; and the people who are employees
_STAYS, _VISITS, EMPLOYED = 110, 150, 17
_SHORT = ("pneumonia", "lung", "pressure", "chest", "sugar", "gallstone", "stroke")
_SHARED = 65


class Past(Ledger):
    """Numbers of its own, so that none meets one of the present year."""

    def number(self, key: str, day: date) -> str:
        return f"LS{self.staff.county.at[key].code}{day:%y%m%d}{len(self.told):04d}"


def load(staff: Staff, patients: list[Patient], now: datetime, filed_at: datetime) -> int:
    """File them; how many."""
    today = timezone.localdate(now)
    first, last = date(today.year - 1, 1, 1), min(today - timedelta(days=_REACH), date(today.year - 1, 12, 10))
    days = (last - first).days
    if days < 1:
        return 0
    book = Past(staff, random.Random(SEED), today, [])  # noqa: S311 - a story, not a secret
    employed, others = patients[::EMPLOYED], [one for at, one in enumerate(patients) if at % EMPLOYED]
    for day in _days(first, days, _STAYS):
        _stay(book, others, day)
    for day in _days(first, days, _VISITS):
        patient = book.chance.choice(others)
        seen(book, patient, patient.home if book.chance.random() < 0.5 else township_of(patient.home), day)
    resident = len(book.told)
    for day in _days(first, days, 2 * len(employed)):
        stay(book, book.chance.choice(employed), COUNTY if book.chance.random() < 0.8 else TCM, AILMENTS[book.chance.choice(_SHORT)], day, insurance="employee")
    told = [*book.told[:resident], *(_settled(one) for one in book.told[resident:])]
    for by, some in _by_teller(book, told):
        for answer in actions.file(actor=by, told=some, at=filed_at, source="demo"):
            if isinstance(answer, Refused):
                raise answer
    return len(told)


def _days(first: date, days: int, a_year: int) -> Iterable[date]:
    """Evenly spread, as many as fall to so many days."""
    many = a_year * days // 345
    return (first + timedelta(days=days * number // many) for number in range(many)) if many else ()


def _stay(book: Ledger, patients: list[Patient], day: date) -> None:
    patient, name = book.chance.choice(patients), book.chance.choice(_SHORT)
    home = township_of(patient.home)
    where = home if name in KEPT and book.chance.random() < 0.5 else book.chance.choices((COUNTY, TCM, CITY, PROVINCE), (76, 12, 9, 3))[0]
    stay(book, patient, where, AILMENTS[name], day)


def _settled(told: Told) -> Told:
    """What the insurer paid for an employee: the platform has no ladder of theirs."""
    basic = (told.total - told.fully_own - told.first_self) * _SHARED // 100
    return replace(told, settled={"basic": basic, "fund": basic, "person": told.total - basic})


def _by_teller(book: Ledger, told: list[Told]) -> Iterable[tuple[Actor, list[Told]]]:
    """The county's office tells for itself, the insurer's system for everybody else."""
    county = book.place(COUNTY)
    return [(book.staff.actor("medins"), [one for one in told if one.institution == county]), (Actor.system("医保结算系统（演示）"), [one for one in told if one.institution != county])]
