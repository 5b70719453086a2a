"""A year of bills of the county's people, told by the insurance offices as their systems would: in batches, with what the insurer had settled."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from demo.ailments import AILMENTS, KEPT, LONG_ILL, SEEN, Ailment
from demo.charging import charges_of
from demo.journeys import journeys
from demo.messages import Patient
from demo.places import CITY, COUNTY, PROVINCE, REGION, TCM
from demo.staff import Staff
from demo.visits import township_of
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.record.encounters.models import Encounter
from yilianti.settlement.claims import actions, grouping, grouping_kept
from yilianti.settlement.claims.models import Claim
from yilianti.settlement.claims.terms import FUND_PARTS, Told

SEED = 20261126
_TABLES = "drg_tables"
#: a stay away costs more for each day, a stay at the township less
_DEARER = {COUNTY: 100, TCM: 95, CITY: 190, PROVINCE: 260}
_AT_TOWNSHIP = 55
#: bills whose shares the insurer reckoned otherwise than we do, of a hundred; and those of which it told nothing
_OTHERWISE, _SILENT = 6, 12
_BATCH = 400


@dataclass
class Ledger:
    """What is to be told: settlements by who tells them, and which person is where on which days."""

    staff: Staff
    chance: random.Random
    today: date
    told: list[Told]

    def place(self, key: str) -> int:
        return self.staff.county.id(key)

    def number(self, key: str, day: date) -> str:
        return f"JS{self.staff.county.at[key].code}{day:%y%m%d}{len(self.told):04d}"

    def add(self, patient: Patient, key: str, **given: Any) -> Told:
        """One more settlement; the hospital's own number counts on."""
        one = Told(institution=self.place(key), settlement_number=self.number(key, given["discharged_on"]), resident=patient.resident, region=REGION, **given)
        self.told.append(one)
        return one


def load(staff: Staff, patients: list[Patient], folder: Path, now: datetime) -> int:
    """File the year; how many settlements. `folder` holds the grouping tables to be imported first."""
    grouping.keep(grouping.read_folder(folder / _TABLES, "demo"), grouping_kept.folder())
    book = Ledger(staff, random.Random(SEED), timezone.localdate(now), [])  # noqa: S311 - a story, not a secret
    journeys(book, patients)
    known = {patient.resident: patient for patient in patients}
    taken = {one.resident for one in book.told}
    _of_visits(book, known, taken)
    for patient in patients:
        if patient.resident not in taken:
            _year(book, patient)
    for by, some in _by_teller(book):
        for start in range(0, len(some), _BATCH):
            _file(by, _settled(by, some[start : start + _BATCH], book.chance, now), now)
    charges_of(staff, book.chance, now)
    return len(book.told)


def _by_teller(book: Ledger) -> Iterable[tuple[Actor, list[Told]]]:
    """The county's office tells for itself and the townships, one township for itself; the others' bills come by the insurer's system."""
    own, county, others = book.place("daoxiang"), book.place(COUNTY), Actor.system("医保结算系统（演示）")
    ours = {county, *(book.place(key) for key in ("zhuqiao", "shitan", "sangyuan"))}
    tellers: list[tuple[Actor, Callable[[Told], bool]]] = [
        (book.staff.actor("medins2"), lambda one: one.institution == own), (book.staff.actor("medins"), lambda one: one.institution in ours),
        (others, lambda one: one.institution not in ours and one.institution != own),
    ]  # fmt: skip
    return [(actor, [one for one in book.told if mine(one)]) for actor, mine in tellers]


def _of_visits(book: Ledger, known: dict[int, Patient], taken: set[int]) -> None:
    """Bills of what the hospitals' systems told: visits of the last months that have ended; the newest still wait for their charges."""
    keys = {place.id: key for key, place in book.staff.county.at.items()}
    ended = Encounter.objects.filter(state="closed", kind__in=["inpatient", "outpatient"], resident__in=known).order_by("opened_at", "id")
    for visit in ended:
        first, last = timezone.localdate(visit.opened_at), timezone.localdate(visit.closed_at)
        if visit.resident_id in taken or (book.today - last).days < 3:
            continue
        patient, key = known[visit.resident_id], keys[visit.institution_id]
        if visit.kind == "outpatient":
            seen(book, patient, key, first, visit_number=visit.visit_number)
        else:
            codes = [one["code"] for one in visit.diagnoses]
            name = next((name for name, one in AILMENTS.items() if codes and one.diagnoses[0][:3] == codes[0][:3]), "failure")
            stay(book, patient, key, AILMENTS[name], first, days=(last - first).days, visit_number=visit.visit_number)


def _year(book: Ledger, patient: Patient) -> None:
    """The months before the platform heard of visits: what somebody of that age has."""
    chance, age = book.chance, book.today.year - patient.who.born_on.year
    home = township_of(patient.home)
    if chance.random() < 0.25 + age / 400:
        for _ in range(chance.choice((1, 1, 2))):
            seen(book, patient, home, book.today - timedelta(days=chance.randint(100, 360)))
    if age > 50 and chance.random() < 0.12:
        chronic(book, patient, home, book.today - timedelta(days=chance.randint(100, 360)))
    if chance.random() < 0.08 + age / 300:
        name = _ailment(chance, patient)
        where = home if name in KEPT and chance.random() < 0.45 else chance.choices((COUNTY, TCM, CITY, PROVINCE), (80, 8, 9, 3))[0]
        stay(book, patient, where, AILMENTS[name], book.today - timedelta(days=chance.randint(110, 350)))


def _ailment(chance: random.Random, patient: Patient) -> str:
    fits = [name for name, one in AILMENTS.items() if not one.men or patient.who.sex == "1"]
    return chance.choices(fits, [AILMENTS[name].weight for name in fits])[0]


def stay(book: Ledger, patient: Patient, key: str, ailment: Ailment, first: date, **given: Any) -> Told:
    """One stay, priced by its days, its place and its operation."""
    chance = book.chance
    days = int(given.pop("days", 0) or chance.randint(*ailment.days))
    percent = _DEARER.get(key, _AT_TOWNSHIP)
    is_operated = bool(ailment.operations) and key in _DEARER and chance.random() < 0.85
    fen = int(given.pop("total", 0) or (ailment.dear * days + (ailment.once if is_operated else 0)) * percent * chance.randint(85, 125) // 100 + chance.randint(0, 9_999))
    others = tuple(code for code in ailment.others if chance.random() < 0.3)
    told = {"total": fen, "fully_own": fen * chance.randint(1, 6) // 100, "first_self": fen * chance.randint(2, 7) // 100, "diagnoses": (chance.choice(ailment.diagnoses), *others),
            "operations": ailment.operations if is_operated else (), "department": ailment.ward if key in (COUNTY, CITY, PROVINCE) else "中医内科" if key == TCM else "住院部",
            "discharge_type": "1", "level": "level3_province" if key == PROVINCE else ""}  # fmt: skip
    return book.add(patient, key, kind="inpatient", admitted_on=first, discharged_on=first + timedelta(days=days), **(told | given))


def seen(book: Ledger, patient: Patient, key: str, day: date, **given: Any) -> Told:
    """A visit, settled the same day."""
    fen = book.chance.randint(2_200, 21_000)
    return book.add(patient, key, kind="outpatient", admitted_on=day, discharged_on=day, total=fen, first_self=fen * book.chance.randint(0, 8) // 100,
                    diagnoses=(book.chance.choice(SEEN),), department="全科门诊" if key != COUNTY else "心内科", signed=book.chance.random() < 0.6, **given)  # fmt: skip


def chronic(book: Ledger, patient: Patient, key: str, day: date) -> None:
    """Medicines for a long illness, month by month."""
    code, each = book.chance.choice(LONG_ILL), book.chance.randint(12_000, 48_000)
    for month in range(book.chance.randint(2, 3)):
        on = day + timedelta(days=30 * month)
        book.add(patient, key, kind="chronic", admitted_on=on, discharged_on=on, total=each + book.chance.randint(0, 3_000), diagnoses=(code,), department="全科门诊")


def _settled(by: Actor, told: list[Told], chance: random.Random, now: datetime) -> list[Told]:
    """With what the insurer's system paid: as our prices have it, which a rehearsal finds out, and some otherwise."""
    with transaction.atomic():
        _file(by, told, now)
        keys = {(one.institution, one.settlement_number) for one in told}
        rows = {key: row for row in Claim.objects.filter(institution__in={i for i, _ in keys}, state="filed") if (key := (row.institution_id, row.settlement_number)) in keys}
        transaction.set_rollback(True)
    return [_paid(one, rows[one.institution, one.settlement_number], chance) for one in told]


def _paid(told: Told, row: Claim, chance: random.Random) -> Told:
    roll = chance.randrange(100)
    if row.gap or roll >= 100 - _SILENT:
        return told
    shares = {name: getattr(row, name) for name in (*FUND_PARTS, "fund", "person")}
    if roll < _OTHERWISE and shares["basic"] > 5_000:
        less = shares["basic"] * chance.choice((5, 8, 10)) // 100
        shares |= {"basic": shares["basic"] - less, "fund": shares["fund"] - less, "person": shares["person"] + less}
    return replace(told, settled=shares)


def _file(by: Actor, told: list[Told], now: datetime) -> None:
    for answer in actions.file(actor=by, told=told, at=now, source="demo"):
        if isinstance(answer, Refused):
            raise answer
