"""Months of ordinary life: visits in the townships and stays in the county hospital, told by their systems."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from demo import illnesses
from demo.illnesses import COURSES, REPORTS, Course
from demo.messages import Patient, Visit, Writer
from demo.places import COUNTY, PLACES
from demo.river import River, Story

DAYS = 90
DOCTORS = {"daoxiang": "麦晓禾", "zhuqiao": "竹青山", "shitan": "谷小溪", "sangyuan": "桑长林", "心内科": "石明川", "神经内科": "温晓岚", "呼吸内科": "阳建林",
           "骨科": "乔永固", "内分泌科": "安远林", "中医内科": "叶青松"}  # fmt: skip


@dataclass(frozen=True)
class Told:
    """One message: when it is sent, by whom."""

    at: datetime
    place: str
    text: str


def writers() -> dict[str, Writer]:
    """One per institution that has a system."""
    return {place.key: Writer(place.facility) for place in PLACES if place.facility}


def township_of(home: str) -> str:
    """The township above a village, or the township itself."""
    place = next(place for place in PLACES if place.key == home)
    return place.parent if place.kind == "village_clinic" else home


def history(patients: list[Patient], desks: dict[str, Writer], chance: random.Random, now: datetime, share: float = 0.36) -> list[Told]:
    """Messages of the last three months, in no order."""
    told: list[Told] = []
    for patient in patients:
        if chance.random() > share:
            continue
        course = COURSES[illnesses.choose(chance)]
        for _ in range(chance.choice((1, 1, 1, 2))):
            told += outpatient(patient, course, desks, chance, _morning(chance, now, chance.randint(2, DAYS)))
        if chance.random() < 0.2:
            told += stay(patient, course, desks, chance, _morning(chance, now, chance.randint(14, DAYS)), timedelta(days=chance.randint(4, 9)))
    told += straight_to_county(patients[::8], desks, now)
    return [message for message in told if message.at < now]


def straight_to_county(patients: list[Patient], desks: dict[str, Writer], now: datetime) -> Iterator[Told]:
    """Those who go to the county hospital's clinic for what the township could treat: the share of visits at the base is not all."""
    chance = random.Random(len(patients))  # noqa: S311  a story; of its own, so that the others stay as they are
    for patient in patients:
        course, at = COURSES[illnesses.choose(chance)], _morning(chance, now, chance.randint(2, DAYS))
        visit = Visit(f"MX{at:%y%m%d}{patient.serial:04d}", "O", course.ward, DOCTORS[course.ward], course.diagnosis, at, course.complaint)
        yield Told(at, COUNTY, desks[COUNTY].adt("A04", patient, visit, at))
        yield Told(at + timedelta(minutes=50), COUNTY, desks[COUNTY].adt("A03", patient, visit, at + timedelta(minutes=50)))


def outpatient(patient: Patient, course: Course, desks: dict[str, Writer], chance: random.Random, at: datetime) -> Iterator[Told]:
    """A visit to the township, sometimes with a report, ended the same morning."""
    place = township_of(patient.home)
    visit = Visit(f"MZ{at:%y%m%d}{patient.serial:04d}", "O", "全科门诊", DOCTORS[place], course.diagnosis, at, course.complaint)
    desk = desks[place]
    yield Told(at, place, desk.adt("A04", patient, visit, at))
    if chance.random() < 0.6:
        name = chance.choice(course.panels)
        moment = at + timedelta(minutes=40)
        yield Told(moment, place, desk.oru(patient, visit, f"{place}{at:%y%m%d}{patient.serial}", REPORTS[name], illnesses.panel(chance, name, ill=0.3), moment))
    ended = at + timedelta(minutes=65)
    yield Told(ended, place, desk.adt("A03", patient, visit, ended))


def stay(patient: Patient, course: Course, desks: dict[str, Writer], chance: random.Random, at: datetime, length: timedelta | None) -> Iterator[Told]:
    """A stay in the county hospital with reports; ended with a summary unless it still lasts."""
    visit = inpatient(patient, course, at)
    desk = desks[COUNTY]
    yield Told(at, COUNTY, desk.adt("A01", patient, visit, at))
    yield from reports(patient, course, desk, visit, chance, at)
    if length is not None:
        yield from ending(patient, course, desk, visit, at + length)


def inpatient(patient: Patient, course: Course, at: datetime) -> Visit:
    bed = f"{course.ward}病区-{patient.serial % 20 + 1:02d}"
    return Visit(f"ZY{at:%y%m%d}{patient.serial:04d}", "I", course.ward, DOCTORS[course.ward], course.severe, at, course.complaint, bed.split("-")[1])


def reports(patient: Patient, course: Course, desk: Writer, visit: Visit, chance: random.Random, at: datetime) -> Iterator[Told]:
    for place, name in enumerate(course.panels[:2], 1):
        moment = at + timedelta(hours=2 * place)
        items = illnesses.panel(chance, name, ill=0.5)
        yield Told(moment, COUNTY, desk.oru(patient, visit, f"X{at:%y%m%d}{patient.serial}{place}", REPORTS[name], items, moment))


def ending(patient: Patient, course: Course, desk: Writer, visit: Visit, at: datetime) -> Iterator[Told]:
    yield Told(at, COUNTY, desk.adt("A03", patient, visit, at))
    moment = at + timedelta(minutes=20)
    yield Told(moment, COUNTY, desk.mdm(patient, visit, f"CYXJ{visit.number}", illnesses.summary(course, visit.number), moment))


def told_by_day(told: list[Told], river: River) -> Iterator[Story]:
    """A story per institution and day: its system sends what it has in the evening."""
    piles: dict[tuple[str, str], list[Told]] = defaultdict(list)
    for message in sorted(told, key=lambda message: message.at):
        piles[f"{timezone.localtime(message.at):%Y%m%d}", message.place].append(message)
    for pile in piles.values():
        yield _sent(pile, river)


def _sent(pile: list[Told], river: River) -> Story:
    at = yield pile[-1].at + timedelta(minutes=1)
    river.pass_by([message.text for message in pile], at)


def _morning(chance: random.Random, now: datetime, days_ago: int) -> datetime:
    day = timezone.localtime(now) - timedelta(days=days_ago)
    return day.replace(hour=chance.randint(8, 10), minute=chance.randint(0, 59), second=chance.randint(0, 59), microsecond=0)
