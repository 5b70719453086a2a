"""Questions about a referral, answered with reasons. Values come from policy editions; nothing is changed here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from yilianti.care.referral.terms import Application, Direction
from yilianti.kernel.finding import Finding, Severity

LADDER = ("village", "township", "county", "city")
ENOUGH_WORDS = 10


def direction(from_level: str, to_level: str) -> Direction:
    """Up, down or sideways on the ladder village → township → county → city."""
    climb = LADDER.index(to_level) - LADDER.index(from_level)
    return Direction.UP if climb > 0 else Direction.DOWN if climb < 0 else Direction.SIDEWAYS


def missing_papers(application: Application) -> list[Finding]:
    """What the receiver could not decide without; each finding's code is the field's name."""
    wanted = {
        "to_institution": (bool(application.to_institution), "请选择接收机构。"),
        "diagnosis_code": (bool(application.diagnosis_code and application.diagnosis_name), "请从诊断表中选择转诊诊断（可输入中文、编码或拼音首字母）。"),
        "reason": (bool(application.reason), "请选择转诊指征。"),
        "service": (bool(application.service), "请选择申请的服务：门诊、住院、检查或康复随访。"),
        "summary": (len(application.summary.strip()) >= ENOUGH_WORDS, f"病情描述至少 {ENOUGH_WORDS} 个字，让接收方不打电话也能判断。"),
    }
    return [Finding(field, said, severity=Severity.BLOCKING, en=f"{field} is missing") for field, (given, said) in wanted.items() if not given]


def answer_due(submitted_at: datetime, urgency: str, minutes: Mapping[str, int]) -> datetime:
    """When the receiver's answer is promised."""
    return submitted_at + timedelta(minutes=minutes[urgency])


def lapses_at(appointment_at: datetime, urgency: str, late_days: Mapping[str, int]) -> datetime:
    """After this moment an accepted patient who has not come is no longer expected."""
    return appointment_at + timedelta(days=late_days[urgency])


def is_arrival(opened_at: datetime, appointment_at: datetime, lapse_at: datetime, early_days: int) -> bool:
    """Whether an encounter opened then is the awaited one: from `early_days` before the appointment until the lapse."""
    return appointment_at - timedelta(days=early_days) <= opened_at <= lapse_at


def fits_the_way(action: str, goes_home: bool) -> bool:
    """A way home ends with the first follow-up; a way up is discharged and offered home."""
    return goes_home if action == "follow_up" else not (goes_home and action in ("discharge", "offer_home"))


def follow_up_due(from_on: date, days: int) -> date:
    """The last day of the promised first visit."""
    return from_on + timedelta(days=days)


def answering_role(level: str) -> str:
    """Who answers referrals at an institution of that level (a role of policies/national/access/roles.csv)."""
    return {"village": "village_doctor", "township": "township_doctor"}.get(level, "referral_office")
