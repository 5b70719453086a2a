"""About twenty-five referrals in every state: finished, on their way home, waited for, late, declined, forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils import timezone

from demo import gates
from demo.illnesses import COURSES
from demo.messages import Patient
from demo.places import CITY, TCM
from demo.river import Story
from demo.stage import Stage

_WARDS = {"心内科": "card", "神经内科": "neur", "呼吸内科": "resp", "骨科": "orth", "内分泌科": "card"}
H, M, D = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)


def ward_of(ill: str) -> str:
    """Who of the county hospital's doctors has such patients."""
    return _WARDS[COURSES[ill].ward]


def up(s: Stage, patient: Patient, ill: str, start: datetime, *, by: str = "", urgency: str = "elective", stop: str = "concluded", days: int = 1) -> Story:
    """Up, admitted, discharged, home again, followed up; ends after the act named by `stop`."""
    doctor = by or s.doctor_of(patient)
    at = yield start
    number = s.submit(doctor, patient, ill, at, urgency=urgency)
    if stop == "submitted":
        return
    at = yield at + 95 * M
    s.accept("office", number, at, days=days)
    if stop == "accepted":
        return
    at = yield _day(at, days) + 20 * M
    visit = s.admit(patient, ill, at)
    at = yield at + 6 * H
    s.examine(patient, ill, visit, at)
    if stop == "arrived":
        return
    at = yield _day(at, 4) + 2 * H
    s.discharge(patient, ill, visit, at)
    if stop == "discharged":
        return
    at = yield at + 3 * H
    home = s.offer_home(ward_of(ill), number, patient, ill, at, s.doctor_of(patient))
    if stop == "offered":
        return
    at = yield at + 2 * H
    s.accept(s.doctor_of(patient), home, at, days=3, note="已安排家庭医生上门。")
    if stop == "home":
        return
    at = yield _day(at, 6) + H
    s.act("follow_up", s.doctor_of(patient), home, at, note="血压平稳，按时服药，无不适；一月后复查。", followed_up_at=at)


def answered(s: Stage, patient: Patient, ill: str, start: datetime, verb: str, **given: object) -> Story:
    """Submitted, and answered otherwise than by acceptance."""
    at = yield start
    number = s.submit(s.doctor_of(patient), patient, ill, at)
    at = yield at + 70 * M
    s.act(verb, "office", number, at, **given)


def withdrawn(s: Stage, patient: Patient, ill: str, start: datetime) -> Story:
    at = yield start
    number = s.submit(s.doctor_of(patient), patient, ill, at)
    at = yield at + 3 * H
    s.act("withdraw", s.doctor_of(patient), number, at, because="患者症状缓解，家属商议后决定就地治疗。")


def lapsed(s: Stage, patient: Patient, ill: str, start: datetime) -> Story:
    """Accepted, and nobody came: the clock closes it."""
    at = yield start
    number = s.submit(s.doctor_of(patient), patient, ill, at, urgency="urgent")
    at = yield at + 50 * M
    s.accept("office", number, at)
    at = yield _day(at, 5)
    s.river.flow(at)


def drafted(s: Stage, patient: Patient, ill: str, start: datetime, by: str) -> Story:
    at = yield start
    s.submit(by, patient, ill, at, draft=True)


def sent_on(s: Stage, patient: Patient, start: datetime) -> Story:
    """The county hospital passes a patient to the hospital of Chinese medicine."""
    at = yield start
    number = s.submit(s.doctor_of(patient), patient, "knee", at)
    at = yield at + 2 * H
    s.act("redirect", "office2", number, at, to_institution=s.staff.county.id(TCM), consent="患者本人当面同意", note="建议中医院康复科保守治疗。")


def two_at_once(s: Stage, patient: Patient, start: datetime) -> Story:
    """Two accepted referrals and one admission: which of them has arrived is a person's question."""
    at = yield start
    first = s.submit("zhuqiao", patient, "heart", at)
    at = yield at + 30 * M
    second = s.submit("zhuqiao", patient, "diabetes", at)
    at = yield at + 60 * M
    s.accept("office", first, at, days=2)
    at = yield at + 10 * M
    s.accept("office2", second, at, days=2, hour=10)
    at = yield _day(at, 2)
    s.admit(patient, "heart", at)


def to_the_city(s: Stage, patient: Patient, start: datetime) -> Story:
    at = yield start
    s.submit("neur", patient, "stroke", at, to=CITY, urgency="urgent")


def all_walks(s: Stage, patients: list[Patient], now: datetime) -> Iterator[Story]:
    """The stories of a small county; times count back from `now`, so that deadlines are near whenever it is loaded."""
    here = _Chooser(s, patients)
    for number, ill in enumerate(("hypertension", "heart", "lung", "stroke")):
        yield up(s, here.next("daoxiang" if number % 2 else "zhuqiao"), ill, _ago(now, 40 - 6 * number))
    yield up(s, here.next("daoxiang"), "hypertension", _ago(now, 13), stop="home")
    yield up(s, here.next("shitan"), "diabetes", _ago(now, 10), stop="home")
    yield up(s, here.next("daoxiang"), "lung", _ago(now, 8), stop="offered")
    yield up(s, here.next("daoxiang"), "heart", _ago(now, 7), stop="discharged")
    yield up(s, here.next("sangyuan"), "heart", _ago(now, 6), stop="discharged")
    yield up(s, here.next("daoxiang"), "heart", _ago(now, 3), stop="arrived")
    yield up(s, here.next("qinghe"), "pneumonia", _ago(now, 2), by="qinghe", urgency="urgent", stop="arrived")
    yield up(s, here.next("daoxiang"), "hypertension", _ago(now, 1, 15), stop="accepted")
    yield up(s, here.next("zhuqiao"), "knee", _ago(now, 1, 16), stop="accepted", days=3)
    yield up(s, here.next("qinghe"), "diabetes", _ago(now, 4), by="qinghe", stop="accepted")
    yield answered(s, here.next("daoxiang"), "diabetes", _ago(now, 1, 14), "send_back", note="请补充近期糖化血红蛋白和眼底检查结果。")
    yield answered(s, here.next("shitan"), "knee", _ago(now, 9), "decline", reason="keep_local", note="可先行理疗，必要时再转。")
    yield answered(s, here.next("sangyuan"), "lung", _ago(now, 5), "decline", reason="no_bed", note="呼吸内科本周满床，建议县中医院。")
    yield withdrawn(s, here.next("zhuqiao"), "hypertension", _ago(now, 11))
    yield lapsed(s, here.next("shitan"), "stroke", _ago(now, 20))
    yield sent_on(s, here.next("sangyuan"), _ago(now, 2))
    yield two_at_once(s, here.next("zhuqiao"), _ago(now, 4))
    yield to_the_city(s, here.next("county"), now - 70 * M)
    yield drafted(s, here.next("qinghe"), "lung", now - 50 * M, "qinghe")
    yield drafted(s, here.next("daoxiang"), "knee", now - 35 * M, "daoxiang")
    yield from gates.all_gates(s, here.next, now)
    for township, ill, minutes, urgency in _WAITING:
        yield up(s, here.next(township), ill, now - minutes * M, urgency=urgency, stop="submitted")


#: Unanswered: one far beyond its time, one due within the hour, two fresh, and an emergency.
_WAITING = (
    ("shitan", "heart", 1500, "elective"), ("daoxiang", "stroke", 104, "urgent"), ("zhuqiao", "lung", 445, "elective"),
    ("daoxiang", "heart", 55, "elective"), ("sangyuan", "knee", 8, "elective"), ("daoxiang", "heart", 14, "emergency"),
)  # fmt: skip


class _Chooser:
    """Gives each story somebody of the right place who has no other story."""

    def __init__(self, stage: Stage, patients: list[Patient]) -> None:
        self.stage, self.left = stage, [p for p in patients if p.who.born_on.year < 1975]

    def next(self, place: str) -> Patient:
        """Somebody of the township `place`, of the village `place`, or ("county") of anywhere."""
        fits = (p for p in self.left if place in (p.home, self.stage.doctor_of(p), "county"))
        chosen = next(fits)
        self.left.remove(chosen)
        return chosen


def _day(at: datetime, days: int) -> datetime:
    """Nine o'clock so many days later."""
    return (timezone.localtime(at) + days * D).replace(hour=9, minute=0, second=0, microsecond=0)


def _ago(now: datetime, days: int, hour: int = 8) -> datetime:
    return (timezone.localtime(now) - days * D).replace(hour=hour, minute=40, second=0, microsecond=0)
