"""Referrals that pass more gates: asked of a department, answered by advice, redirected, sent outside, rushed, sent up again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from demo.messages import Patient
from demo.places import COUNTY, PROVINCE, TCM
from demo.river import Story
from demo.stage import Stage

H, M, D = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)


def assigned(s: Stage, patient: Patient, start: datetime) -> Story:
    """The office has asked a department, and the doctor a question."""
    at = yield start
    number = s.submit(s.doctor_of(patient), patient, "lung", at)
    at = yield at + 20 * M
    s.act("assign", "office", number, at, department=s.staff.county.departments[COUNTY, "RESP"].id)
    at = yield at + 10 * M
    s.act("say", "resp", number, at, text="近期有没有痰培养结果？吸氧前血氧饱和度多少？", kind="question")


def advised(s: Stage, patient: Patient, start: datetime, *, adopt: bool) -> Story:
    """A question to the county's doctor, and an answer that may spare the way."""
    at = yield start
    number = s.submit(s.doctor_of(patient), patient, "hypertension", at, service="advice")
    at = yield at + 2 * H
    s.act("advise", "card", number, at, advice="可在现有方案上加用一种不同机制的降压药，两周后复测；若收缩压仍不达标，或出现胸痛、视物模糊，再行转诊。")
    if adopt:
        at = yield at + 3 * H
        s.act("adopt", s.doctor_of(patient), number, at, note="已按意见加药，约两周后复诊。")


def proposed(s: Stage, patient: Patient, start: datetime) -> Story:
    """Another hospital would be right; the patient has not been asked yet."""
    at = yield start
    number = s.submit(s.doctor_of(patient), patient, "knee", at)
    at = yield at + 50 * M
    s.act("propose_redirect", "office", number, at, to_institution=s.staff.county.id(TCM), note="以保守治疗为主，县中医院康复科更合适。")


def outside(s: Stage, patient: Patient, start: datetime, *, until: str) -> Story:
    """To a hospital that does not work on the platform: approved, gone, and what became of it."""
    at = yield start
    number = s.submit("card", patient, "heart", at, to=PROVINCE, urgency="urgent")
    if until == "pending":
        return
    at = yield at + H
    s.act("approve_out", "office", number, at, note="同意转往省级医院。")
    if until == "sent_out":
        return
    at = yield at + 3 * D
    s.act("note_outcome", "card", number, at, outcome="admitted", outcome_on=at.date(), note="家属电话告知：已住院行介入治疗，恢复良好。")


def rushed(s: Stage, patient: Patient, start: datetime) -> Story:
    """A stroke in the green channel: the ambulance comes before the answer."""
    at = yield start
    number = s.submit(s.doctor_of(patient), patient, "stroke", at, urgency="emergency", channel="stroke", onset_at=start - 50 * M)
    for milestone, minutes in (("onset", -50), ("first_contact", -15), ("ambulance_called", -5), ("departed", 5)):
        s.act("note_milestone", s.doctor_of(patient), number, at + 6 * M, milestone=milestone, took_place_at=at + minutes * M)
    at = yield at + 38 * M
    s.admit(patient, "stroke", at)
    at = yield at + 45 * M
    for milestone, minutes in (("door", -45), ("imaging", -25), ("needle", -4)):
        s.act("note_milestone", "neur", number, at, milestone=milestone, took_place_at=at + minutes * M)


def sent_up_again(s: Stage, patient: Patient, start: datetime) -> Story:
    """Home for two days, then worse."""
    at = yield start
    doctor = s.doctor_of(patient)
    number = s.submit(doctor, patient, "lung", at)
    at = yield at + 2 * H
    s.accept("office", number, at)
    at = yield at + D
    visit = s.admit(patient, "lung", at)
    at = yield at + 4 * D
    s.discharge(patient, "lung", visit, at)
    at = yield at + 2 * H
    home = s.offer_home("resp", number, patient, "lung", at, doctor)
    at = yield at + 2 * H
    s.accept(doctor, home, at, days=2)
    at = yield at + 2 * D
    s.recall(doctor, home, patient, "lung", at)


def all_gates(s: Stage, choose: Callable[[str], Patient], now: datetime) -> Iterator[Story]:
    """One story of each kind, recent enough to be somebody's work."""
    yield assigned(s, choose("zhuqiao"), now - 3 * H)
    yield advised(s, choose("daoxiang"), now - 5 * H, adopt=False)
    yield advised(s, choose("shitan"), now - 6 * D, adopt=True)
    yield proposed(s, choose("daoxiang"), now - 4 * H)
    yield outside(s, choose("county"), now - 2 * H, until="pending")
    yield outside(s, choose("county"), now - 2 * D, until="sent_out")
    yield outside(s, choose("county"), now - 12 * D, until="concluded")
    yield rushed(s, choose("daoxiang"), now - 3 * H)
    yield sent_up_again(s, choose("shitan"), now - 11 * D)
