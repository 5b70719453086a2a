"""Questions about a referral, answered with reasons. Values come from policy editions; nothing is changed here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from yilianti.care.referral.terms import (
    UNANSWERED,
    Application,
    Approval,
    Case,
    Channel,
    Direction,
    Service,
    Standing,
    Urgency,
)
from yilianti.kernel.finding import Finding, Severity

LADDER = ("village", "township", "county", "city")
ENOUGH_WORDS = 10
CONSENT_MISSING = "居民尚未同意转诊及病历共享；请取得同意，并选择同意方式。"


def direction(from_level: str, to_level: str) -> Direction:
    """Up, down or sideways on the ladder village → township → county → city."""
    climb = LADDER.index(to_level) - LADDER.index(from_level)
    return Direction.UP if climb > 0 else Direction.DOWN if climb < 0 else Direction.SIDEWAYS


def cannot_wait(urgency: str, channel: str) -> bool:
    """An emergency or a green channel passes no gate that could hold it up."""
    return urgency == Urgency.EMERGENCY or channel != Channel.ORDINARY


def urgency_of(urgency: str, channel: str) -> str:
    """How urgent it is: a green channel is an emergency, whatever else was ticked."""
    return urgency if channel == Channel.ORDINARY else Urgency.EMERGENCY.value


def missing_papers(application: Application) -> list[Finding]:
    """What the receiver could not decide without; each finding's code is the field's name."""
    wanted = asked_for(application)
    if cannot_wait(application.urgency, application.channel):
        wanted = {"to_institution": wanted["to_institution"]}  # the rest follows the ambulance
    return [Finding(field, said, severity=Severity.BLOCKING, en=f"{field} is missing") for field, (given, said) in wanted.items() if not given]


def asked_for(application: Application) -> dict[str, tuple[bool, str]]:
    """Field → whether it is given, and the sentence that asks for it."""
    wanted = {
        "to_institution": (bool(application.to_institution), "请选择接收机构。"),
        "diagnosis_code": (bool(application.diagnosis_code and application.diagnosis_name), "请从诊断表中选择转诊诊断（可输入中文、编码或拼音首字母）。"),
        "reason": (bool(application.reason), "请选择转诊指征。"),
        "service": (bool(application.service), "请选择申请的服务：门诊、住院、检查、康复随访或意见咨询。"),
        "summary": (len(application.summary.strip()) >= ENOUGH_WORDS, f"病情描述至少 {ENOUGH_WORDS} 个字，让接收方不打电话也能判断。"),
    }
    if application.service == Service.EXAMINATION:
        wanted["examination"] = (bool(application.examination.strip()), "请写明申请哪些检查项目。")
    if application.overridden:
        wanted["override_reason"] = (bool(application.override_reason.strip()), "有提示不支持转诊；仍要转诊，请写明理由。")
    return wanted


def first_step(case: Case, direction: str, approval: Approval) -> str:
    """How an application leaves the doctor: to the receiver, to somebody who approves it first, or outside the network."""
    asked = (case.is_outside and approval.outside) or direction in approval.directions
    if asked and not cannot_wait(case.urgency, case.channel) and not case.goes_home:
        return "ask_approval"
    return "send_out" if case.is_outside else "submit"


def answer_due(submitted_at: datetime, urgency: str, minutes: Mapping[str, int]) -> datetime:
    """When the receiver's answer is promised."""
    return submitted_at + timedelta(minutes=minutes[urgency])


def lapses_at(appointment_at: datetime, urgency: str, late_days: Mapping[str, int]) -> datetime:
    """After this moment an accepted patient who has not come is no longer expected."""
    return appointment_at + timedelta(days=late_days[urgency])


def is_arrival(opened_at: datetime, appointment_at: datetime, lapse_at: datetime, early_days: int) -> bool:
    """Whether an encounter opened then is the awaited one: from `early_days` before the appointment until the lapse."""
    return appointment_at - timedelta(days=early_days) <= opened_at <= lapse_at


_HOME_ONLY = frozenset({"follow_up", "recall"})
_UP_ONLY = frozenset({"discharge", "offer_home", "advise"})
_OUTSIDE_ONLY = frozenset({"approve_out", "send_out"})
_INSIDE_ONLY = frozenset({"approve", "submit"})
_VISIT_ONLY = frozenset({"accept", "take"})


def fits(action: str, case: Case) -> bool:
    """Whether the step belongs to a referral of that kind: up or home, inside or outside, a visit or only advice."""
    if action in (_UP_ONLY if case.goes_home else _HOME_ONLY) or action in (_INSIDE_ONLY if case.is_outside else _OUTSIDE_ONLY):
        return False
    if action in _VISIT_ONLY:
        return case.service != Service.ADVICE
    # who cannot wait may come before anybody has answered
    return not (action == "arrive" and case.state in UNANSWERED) or cannot_wait(case.urgency, case.channel)


def follow_up_due(from_on: date, days: int) -> date:
    """The last day of the promised first visit."""
    return from_on + timedelta(days=days)


def answering_role(level: str) -> str:
    """Who answers referrals at an institution of that level (a role of policies/national/access/roles.csv)."""
    return {"village": "village_doctor", "township": "township_doctor"}.get(level, "referral_office")


def leaves_county(to_level: str, is_outside: bool) -> bool:
    """To a city hospital, or to one outside the network."""
    return is_outside or to_level == "city"


def is_agreed(state: str, is_outside: bool) -> bool:
    """Whether the referral has been let go: sent outside, or accepted by the receiver."""
    return state in (("sent_out", "concluded") if is_outside else ("accepted", "arrived", "discharged"))


def standing(*, is_revoked: bool, valid_until: date, referral_state: str, day: date) -> Standing:
    """Whether a certificate still holds on a day."""
    if is_revoked:
        return Standing.REVOKED
    if referral_state in ("withdrawn", "declined", "lapsed"):
        return Standing.VOID
    return Standing.EXPIRED if day > valid_until else Standing.VALID


def open_figure(count: int, *, least: int, step: int) -> int | str:
    """A count as the public may see it: none stays none, few are "<least", the others are rounded to the nearest `step`."""
    if count == 0:
        return 0
    return f"<{least}" if count < least else max(least, (count + step // 2) // step * step)
