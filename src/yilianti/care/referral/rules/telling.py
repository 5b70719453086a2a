"""What a patient is told of a step, in which words, and when a text message may be sent. Never a diagnosis, never a name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from yilianti.care.referral.terms import UNANSWERED
from yilianti.kernel.terms import Term
from yilianti.policybook.calendar import CHINA

#: The step that each journal word is to the patient; what is missing here does not concern them.
STEPS: Mapping[str, str] = {
    "referral.submitted": "submitted", "referral.approved": "submitted", "referral.converted": "submitted", "referral.accepted": "accepted",
    "referral.redirected": "redirected", "referral.redirect_proposed": "redirect_proposed", "referral.declined": "declined",
    "referral.sent_back": "papers_asked", "referral.appointment_noted": "appointment_set", "referral.advised": "advised", "referral.adopted": "adopted",
    "referral.lapsed": "lapsed", "referral.withdrawn": "withdrawn", "referral.sent_out": "sent_out",
}  # fmt: skip
_HOME = {"submitted": "offered_home", "accepted": "coming_home"}
#: Steps whose message says when: worth nothing once that moment is past.
_VISITS = frozenset({"accepted", "coming_home", "appointment_set"})
#: Steps after which questions are for the receiver; otherwise for the doctor who sent.
_ASK_RECEIVER = frozenset({"accepted", "coming_home", "appointment_set", "appointment_cancelled"})
#: Of these nobody of the sender's house hears from the inbox, who could ring the patient.
UNHEARD = frozenset({"appointment_set", "appointment_cancelled"})
_MOBILE = re.compile(r"1[3-9]\d{9}")


class Barred(Term):
    """Why no text message goes out: somebody has to tell the patient in person."""

    NO_PHONE = "no_phone", "患者没有手机号", "the patient has no mobile telephone"
    REFUSED = "refused", "患者不收短信", "the patient does not want text messages"
    NO_GATEWAY = "no_gateway", "没有可用的短信网关", "no gateway for text messages"


class Wording(Protocol):
    """The policy of the words."""

    unnamed: Sequence[str]
    bring: str
    desk: str
    longest_preparation: int
    ask: str
    ask_at: str
    texts: Mapping[str, str]


@dataclass(frozen=True)
class Place:
    """One end as the patient finds it."""

    name: str
    phone: str = ""
    department: str = ""
    spot: str = ""


@dataclass(frozen=True)
class Matter:
    """What a message may be made of: nothing else of the referral reaches a telephone."""

    number: str
    sender: Place
    receiver: Place
    proposed: str = ""
    visit_at: datetime | None = None
    preparation: str = ""


def step_of(word: str, *, goes_home: bool, was_sent: bool, is_booked: bool) -> str:
    """What a journal word is to the patient; "" where it is nothing to them, as a draft thrown away."""
    step = STEPS.get(word, "")
    if step == "appointment_set" and not is_booked:
        return "appointment_cancelled"
    if step == "withdrawn" and not was_sent:
        return ""
    return _HOME.get(step, step) if goes_home else step


def is_overtaken(step: str, *, state_then: str, state_now: str, visit_at: datetime | None, at: datetime) -> bool:
    """Whether the referral has moved on since, or the moment that the message names is past: it would only mislead."""
    still_waits = state_then in UNANSWERED and state_now in UNANSWERED
    return (state_then != state_now and not still_waits) or (step in _VISITS and (visit_at is None or visit_at <= at))


def barred(phone: str, *, refuses: bool) -> Barred | None:
    """Why this patient cannot be sent a text message; a landline is no telephone for one."""
    if refuses:
        return Barred.REFUSED
    return None if _MOBILE.fullmatch(phone) else Barred.NO_PHONE


def sent_from(at: datetime, quiet_until: datetime, *, cannot_wait: bool, visit_at: datetime | None, before_visit: int) -> datetime:
    """From when a message may be sent: in the morning, unless it is an emergency or the visit comes too soon after."""
    is_soon = visit_at is not None and at < visit_at <= quiet_until + timedelta(minutes=before_visit)
    return at if cannot_wait or is_soon else quiet_until


def words(step: str, matter: Matter, wording: Wording) -> str:
    """The message."""
    at = matter.receiver if step in _ASK_RECEIVER else matter.sender
    said = wording.texts[step].format(
        number=matter.number, sender=matter.sender.name, receiver=matter.receiver.name, proposed=matter.proposed or "另一家医院", bring=wording.bring,
        when=spoken(matter.visit_at) if matter.visit_at else "约定时间", where=_where(matter.receiver, wording), preparation=_preparation(matter.preparation, wording),
    )  # fmt: skip
    return said + (wording.ask.format(phone=at.phone) if at.phone else wording.ask_at.format(place=at.name))


def spoken(moment: datetime) -> str:
    """11月27日（周五）上午9:30."""
    local = moment.astimezone(CHINA)
    half = "上午" if local.hour < 12 else "下午" if local.hour < 18 else "晚上"
    hour = local.hour if local.hour <= 12 else local.hour - 12
    return f"{local.month}月{local.day}日（周{'一二三四五六日'[local.weekday()]}）{half}{hour}:{local:%M}"


def _where(place: Place, wording: Wording) -> str:
    """House, department and spot; a department that tells the illness is not named, and its spot with it."""
    if any(part in place.department + place.spot for part in wording.unnamed):
        return f"{place.name}{wording.desk}"
    return f"{place.name}{place.department}" + (f"（{place.spot}）" if place.spot else "")


def _preparation(text: str, wording: Wording) -> str:
    """How to prepare, as the service tells it, where it is short and tells no illness."""
    told = (part.strip() for part in re.split(r"[。；;\n]", text))
    said = "；".join(part for part in told if part and "身份证" not in part)  # what to bring is said already
    tells = any(part in said for part in wording.unnamed)
    return f"{said}。" if said and not tells and len(said) <= wording.longest_preparation else ""
