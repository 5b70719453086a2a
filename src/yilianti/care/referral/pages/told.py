"""How it looks what the patient was told, each notice with how far it is and what can be done."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from yilianti.care.referral.models import Referral
from yilianti.care.referral.notices import PatientNotice
from yilianti.care.referral.rules.telling import Barred
from yilianti.kernel.actor import Actor
from yilianti.kernel.models import JournalEntry

#: So long after a step the section looks again by itself: the message is written a second later.
_FRESH = timedelta(seconds=20)


def shown(actor: Actor, referral: Referral, entries: list[JournalEntry], now: datetime) -> dict[str, Any]:
    """The notices of a referral, the latest first; one statement."""
    ends = {referral.from_institution_id, referral.to_institution_id}
    may_resend, may_tell = (bool(actor.reaches(f"referral.{verb}") & ends) for verb in ("resend_notice", "tell_in_person"))
    notices = list(PatientNotice.objects.filter(referral=referral).select_related("told_by").order_by("-id"))
    is_moving = any(one.is_pending and one.not_before <= now for one in notices) or bool(entries and now - entries[-1].at < _FRESH)
    return {"told_is_moving": is_moving, "notices": [
        {"notice": one, "tone": tone, "state": state, "how": _how(one, now), "is_untold": index == 0 and not (one.sent_at or one.told_at or one.is_pending),
         "may_resend": may_resend and index == 0 and not one.is_pending and one.barred != Barred.REFUSED, "may_tell": may_tell and one.told_at is None and (index == 0 or not one.sent_at)}
        for index, one in enumerate(notices) for tone, state in [_state(one)]
    ]}  # fmt: skip


def _state(one: PatientNotice) -> tuple[str, str]:
    if one.told_at:
        return "ok", "已当面告知"
    if one.sent_at:
        return "ok", "短信已发出"
    if one.failed_at:
        return "bad", "短信未发出"
    return ("warn", "请当面告知") if one.barred else ("wait", "待发出")


def _how(one: PatientNotice, now: datetime) -> str:
    """By which way, to which number, when, by whom."""
    said = [f"{Barred.label(one.barred)}：请当面或打电话告知" if one.barred and not one.told_at else Barred.label(one.barred),
            f"短信 {one.phone}" if one.phone else "",
            f"{_moment(one.sent_at)} 网关已收下" if one.sent_at else "",
            f"{_moment(one.not_before)} 发出，夜里不打扰" if one.is_pending and one.not_before > now else "",
            f"{_moment(one.failed_at)} {one.failed_because}" if one.failed_at else "",
            f"第 {one.attempt} 次发送" if one.attempt > 1 else "",
            f"{one.told_by.name if one.told_by else ''}于 {_moment(one.told_at)} 当面告知" if one.told_at else ""]  # fmt: skip
    return "　".join(part for part in said if part)


def _moment(at: datetime | None) -> str:
    return f"{timezone.localtime(at):%m-%d %H:%M}" if at else ""
