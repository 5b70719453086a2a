"""Questions about sessions, answered without a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from yilianti.capacity.schedules.terms import Session, Urgency
from yilianti.kernel.finding import Finding, Severity

MOST_SLOTS = 200
_RANK = {str(urgency.value): rank for rank, urgency in enumerate(Urgency)}


class Waits(Protocol):
    id: int
    urgency: str
    since: datetime


W = TypeVar("W", bound=Waits)


def in_line(entries: Iterable[W], order: Sequence[str]) -> list[W]:
    """Who waits, the next one first; `order` is the policy's: "urgency", "since"."""
    keys = {"urgency": lambda entry: _RANK[entry.urgency], "since": lambda entry: entry.since}
    return sorted(entries, key=lambda entry: (*(keys[name](entry) for name in order), entry.id))


def offer_ends(answered_by: datetime, starts_at: datetime | None) -> datetime:
    """Until when an offer holds: the time to answer, but no longer than to the beginning of the slot."""
    return answered_by if starts_at is None else min(answered_by, starts_at)


def slot_times(session: Session) -> list[tuple[datetime, datetime]]:
    """The half-open times of a session's slots; a rest too short for one more is left over."""
    step = timedelta(minutes=session.minutes)
    times: list[tuple[datetime, datetime]] = []
    at = session.starts_at
    while at + step <= session.ends_at and len(times) <= MOST_SLOTS:
        times.append((at, at + step))
        at += step
    return times


def faults(session: Session, at: datetime) -> list[Finding]:
    """What keeps a session from being opened; each finding's code is the field's name."""
    return [Finding(field, said, severity=Severity.BLOCKING, en=f"{field} is wrong") for field, said in _faults(session, at)]


def _faults(session: Session, at: datetime) -> Iterator[tuple[str, str]]:
    if not 1 <= session.minutes <= 480:
        yield "minutes", "每个号的时长应在 1 到 480 分钟之间。"
        return
    if not 1 <= session.capacity <= 500:
        yield "capacity", "每个时段的人数应在 1 到 500 之间。"
    if session.ends_at <= session.starts_at:
        yield "ends_at", "结束时间应晚于开始时间。"
    elif session.starts_at < at - timedelta(minutes=5):
        yield "starts_at", "开始时间已经过去；请填写现在之后的时间。"
    elif session.ends_at - session.starts_at > timedelta(hours=24):
        yield "ends_at", "一次开放不超过 24 小时；请核对日期。"
    elif not (found := slot_times(session)):
        yield "minutes", "这段时间放不下一个号；请缩短每个号的时长。"
    elif len(found) > MOST_SLOTS:
        yield "minutes", f"一次开放不超过 {MOST_SLOTS} 个时段；请加长每个号的时长。"


def free_beds(total: int, occupied: int, taken: int, expired: int) -> int:
    """Beds nobody lies in and nobody has reserved; never less than none."""
    return max(0, total - occupied - (taken - expired))
