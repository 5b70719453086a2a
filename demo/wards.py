"""Who lies in the county hospital's beds: some ready for home, some not yet, and some sent home whom nobody has visited."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.utils import timezone

from demo import visits
from demo.illnesses import COURSES
from demo.messages import Item, Patient, Visit
from demo.places import COUNTY
from demo.river import Story
from demo.stage import Stage
from demo.walks import ward_of

H, D = timedelta(hours=1), timedelta(days=1)
_VITAL = ("VIT", "生命体征", "OTH")
_ITEMS = {
    "SBP": ("收缩压", "mmHg", "90-140"), "DBP": ("舒张压", "mmHg", "60-90"), "HR": ("心率", "次/分", "60-100"), "TEMP": ("体温", "℃", "36-37.2"),
    "RR": ("呼吸", "次/分", "12-20"), "SPO2": ("血氧饱和度", "%", "95-100"), "GLU": ("血糖", "mmol/L", "3.9-6.1"),
}  # fmt: skip
_CALM = {"SBP": "132", "DBP": "80", "HR": "74", "TEMP": "36.5", "RR": "17", "SPO2": "97"}
_PRESSURE = ("hypertension.diagnosis_clear", "hypertension.plan_feasible", "hypertension.condition_stable", "hypertension.complications_stable")


@dataclass(frozen=True)
class Case:
    """Somebody in a bed: since how many days, with which values this morning, and what the doctor has ticked; `is_mild` is the milder diagnosis of the illness."""

    ill: str
    days: int
    values: dict[str, str]
    signs: tuple[str, ...] = ()
    is_mild: bool = False


LYING = (
    Case("hypertension", 9, {**_CALM, "SBP": "136", "DBP": "82"}, _PRESSURE, is_mild=True),
    Case("stroke", 17, {**_CALM, "SBP": "142"}, ("stroke.past_danger",)),
    Case("knee", 12, _CALM, ("generic.clear_or_long_term",)),
    Case("lung", 5, {"SPO2": "93", "RR": "22", "HR": "88"}),
    Case("lung", 8, {"SPO2": "88", "RR": "26", "HR": "102"}, ("generic.clear_or_long_term",)),
    Case("hypertension", 4, {"SBP": "184", "DBP": "112"}, is_mild=True),
    Case("hypertension", 6, {"SBP": "148", "DBP": "90"}, _PRESSURE[:2], is_mild=True),
    Case("diabetes", 7, {"GLU": "7.2", "SBP": "128", "DBP": "76"}),
    Case("pneumonia", 2, {"TEMP": "38.9", "RR": "24", "SPO2": "94"}),
    Case("heart", 10, {**_CALM, "HR": "66"}, ("generic.clear_or_long_term",)),
)


def lying(s: Stage, patient: Patient, case: Case, now: datetime) -> Story:
    """Admitted without a referral, measured this morning, gone through by the doctor."""
    at = yield _morning(now, case.days - 1)
    visit = _admit(s, patient, case, at)
    measured = min(_morning(now, 0) - 3 * H, now - H)  # of this morning, or as fresh as the night allows
    if case.signs:
        at = yield max(at + H, _morning(now, 1) + 7 * H)
        s.judge(ward_of(case.ill), patient, visit, case.signs, at)
    at = yield max(at + H, measured)
    _measure(s, patient, case, visit, at)


def sent_home(s: Stage, patient: Patient, case: Case, ago: int, now: datetime, *, answer: str = "accept") -> Story:
    """Sent home so many days ago, taken by the township the same day or not; nobody has been to see them yet."""
    at = yield _morning(now, ago + case.days)
    visit = _admit(s, patient, case, at)
    at = yield at + case.days * D
    home = s.bring_home(ward_of(case.ill), patient, visit, at)
    at = yield at + 2 * H
    s.discharge(patient, case.ill, visit, at)
    at = yield at + H
    if answer == "accept":
        s.accept(s.doctor_of(patient), home, at, days=1, note="已收住，明天上门看。")
    elif answer == "decline":
        s.act("decline", s.doctor_of(patient), home, at, reason="no_bed", note="康复床位已满，请改派。")


def this_morning(s: Stage, now: datetime) -> Story:
    """The clock strikes: the departments hear how many could go home."""
    at = yield timezone.localtime(now).replace(hour=7, minute=40, second=0, microsecond=0)
    s.river.catch_up(at)
    s.river.flow(at)


def all_wards(s: Stage, patients: list[Patient], now: datetime) -> Iterator[Story]:
    """From the end of the list, where the other stories take nobody."""
    left = iter([patient for patient in reversed(patients) if patient.who.born_on.year < 1975])
    for case in LYING:
        yield lying(s, next(left), case, now)
    yield sent_home(s, next(left), Case("knee", 9, _CALM), 3, now)
    yield sent_home(s, next(left), Case("stroke", 12, _CALM), 18, now)
    yield sent_home(s, next(left), Case("diabetes", 7, _CALM, is_mild=True), 13, now)
    yield sent_home(s, next(left), Case("lung", 8, _CALM), 2, now, answer="decline")
    yield sent_home(s, next(left), Case("heart", 8, _CALM), 0, now, answer="")
    yield this_morning(s, now)


def _admit(s: Stage, patient: Patient, case: Case, at: datetime) -> Visit:
    course = COURSES[case.ill]
    visit = visits.inpatient(patient, course, at)
    visit = replace(visit, diagnosis=course.diagnosis) if case.is_mild else visit
    s.river.pass_by([s.desks[COUNTY].adt("A01", patient, visit, at)], at)
    return visit


def _measure(s: Stage, patient: Patient, case: Case, visit: Visit, at: datetime) -> None:
    items = tuple(Item(code, _ITEMS[code][0], value, _ITEMS[code][1], _ITEMS[code][2]) for code, value in case.values.items())
    s.river.pass_by([s.desks[COUNTY].oru(patient, visit, f"V{at:%y%m%d}{patient.serial}", _VITAL, items, at)], at)


def _morning(now: datetime, days: int) -> datetime:
    return (timezone.localtime(now) - days * D).replace(hour=9, minute=20, second=0, microsecond=0)
