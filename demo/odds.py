"""What an administrator has to look at: a sender nobody knows, a visit without number, and two residents who may be one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from demo.illnesses import COURSES
from demo.messages import Patient, Visit, Writer
from demo.places import COUNTY, TCM
from demo.river import Story
from demo.stage import Stage


def all_odds(s: Stage, patients: list[Patient], now: datetime) -> Iterator[Story]:
    yield unknown_sender(s, patients[5], now - timedelta(hours=5))
    yield no_visit_number(s, patients[6], now - timedelta(hours=3))
    yield look_alike(s, patients[7], now - timedelta(days=2))


def unknown_sender(s: Stage, patient: Patient, start: datetime) -> Story:
    """A clinic whose interface code nobody registered: refused with AR and kept."""
    at = yield start
    visit = Visit("KQ0001", "O", "口腔科", "牙小医", ("K02.900", "龋齿"), at, "牙痛")
    s.river.pass_by([Writer("YXKQMZB").adt("A04", patient, visit, at)], at)


def no_visit_number(s: Stage, patient: Patient, start: datetime) -> Story:
    """A visit without its number: refused with AE, waiting for the sender to mend it."""
    at = yield start
    visit = Visit("", "O", "中医内科", "叶青松", COURSES["knee"].diagnosis, at, "膝关节疼痛")
    s.river.pass_by([s.desks[TCM].adt("A04", patient, visit, at)], at)


def look_alike(s: Stage, patient: Patient, start: datetime) -> Story:
    """Registered in a hurry without papers, known by card an hour later: two residents, and a question for a person."""
    at = yield start
    visit = Visit(f"JZ{at:%y%m%d}9002", "E", "急诊科", "安小急", ("R51.x00", "头痛"), at, "头痛半天")
    known = replace(patient, insurance="")
    text = s.desks[COUNTY].adt("A04", replace(known, serial=99001), visit, at)
    s.river.pass_by([text.replace(f"~{patient.who.id_card}^^^PSB^NI", "")], at)
    at = yield at + timedelta(hours=1)
    later = replace(visit, number=f"JZ{at:%y%m%d}9003", opened_at=at)
    s.river.pass_by([s.desks[COUNTY].adt("A04", replace(known, serial=99001), later, at)], at)
