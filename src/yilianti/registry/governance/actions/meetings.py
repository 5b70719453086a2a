"""Meetings: convened with an agenda, opened with those present, closed with minutes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.numbers import next_number
from yilianti.registry.governance import access, seats
from yilianti.registry.governance.actions.recording import record, told
from yilianti.registry.governance.lifecycle import MEETING
from yilianti.registry.governance.models import Attendance, Council, Item, Meeting
from yilianti.registry.governance.terms import MeetingState, ResolutionState


@transaction.atomic
def convene(*, actor: Actor, council_id: int, title: str, held_at: datetime, place: str, items: Sequence[str], at: datetime) -> Meeting:
    """Call a meeting with its agenda; every member is told."""
    council = Council.objects.select_related("consortium").filter(id=council_id).first()
    if council is None:
        raise Refused("unknown_council", "没有这个治理机构；请刷新页面。", "no such council", field="council")
    access.require_manage(actor, council.consortium, timezone.localdate(at))
    if not title.strip():
        raise Refused("title_missing", "请填写会议名称。", field="title")
    meeting = Meeting.objects.create(number=next_number("HY", at), council=council, title=title.strip(), held_at=held_at, place=place.strip(), convened_at=at)
    Item.objects.bulk_create([Item(meeting=meeting, position=n, title=said.strip()[:120]) for n, said in enumerate([i for i in items if i.strip()], 1)])
    record("governance.convened", actor=actor, at=at, subject=meeting.number, consortium=council.consortium, facts={
        "number": meeting.number, "title": meeting.title, "held_at": held_at.isoformat(),
        "people": sorted(set(seats.of_meeting(meeting).values_list("person_id", "institution_id"))),
    })  # fmt: skip
    return meeting


@transaction.atomic
def add_item(*, actor: Actor, number: str, title: str, note: str, at: datetime) -> Item:
    """Put one more thing on the agenda of a meeting that is not over."""
    meeting = locked(actor, number, at)
    if meeting.state not in (MeetingState.CONVENED, MeetingState.OPENED):
        raise Refused("wrong_state", f"会议{MeetingState.label(meeting.state)}，不能再列议题。", "the meeting is over")
    if not title.strip():
        raise Refused("title_missing", "请填写议题。", field="title")
    item = Item.objects.create(meeting=meeting, position=meeting.items.count() + 1, title=title.strip(), note=note.strip())
    record("governance.item_added", actor=actor, at=at, subject=number, consortium=meeting.council.consortium, facts={"position": item.position})
    return item


def open_meeting(*, actor: Actor, number: str, present: Sequence[int], at: datetime) -> Meeting:
    """Those present (seat ids) have come together."""
    with _step(actor, number, "open_meeting", at) as (meeting, facts):
        if not present:
            raise Refused("nobody_present", "请勾选到会的委员。", "nobody is present", field="present")
        meeting.opened_at = at
        facts["present"] = _note_present(meeting, present)
    return meeting


@transaction.atomic
def take_attendance(*, actor: Actor, number: str, present: Sequence[int], at: datetime) -> Meeting:
    """Somebody has come later."""
    meeting = locked(actor, number, at)
    if meeting.state != MeetingState.OPENED:
        raise Refused("wrong_state", "会议不在进行中，不能登记到会。", "not in session")
    record("governance.attendance_taken", actor=actor, at=at, subject=number, consortium=meeting.council.consortium, facts={"present": _note_present(meeting, present)})
    return meeting


def close_meeting(*, actor: Actor, number: str, minutes: str, at: datetime) -> Meeting:
    """The meeting is over and this was said; refused while a vote is open."""
    with _step(actor, number, "close_meeting", at) as (meeting, _):
        voting = meeting.resolutions.filter(state=ResolutionState.VOTING.value).first()
        if voting is not None:
            raise Refused("still_voting", f"“{voting.title}”还在表决；请先计票或撤回，再散会。", "a vote is open")
        if not minutes.strip():
            raise Refused("minutes_missing", "请填写会议纪要。", field="minutes")
        meeting.closed_at, meeting.minutes = at, minutes.strip()
    return meeting


def cancel_meeting(*, actor: Actor, number: str, because: str, at: datetime) -> Meeting:
    """It will not take place."""
    with _step(actor, number, "cancel_meeting", at) as (meeting, facts):
        if not because.strip():
            raise Refused("reason_missing", "请写明取消的原因。", field="because")
        meeting.minutes, facts["because"] = because.strip(), because
    return meeting


def locked(actor: Actor, number: str, at: datetime) -> Meeting:
    """The meeting, held, for whoever keeps its consortium's papers."""
    found = Meeting.objects.select_for_update(of=("self",)).select_related("council__consortium").filter(number=number).first()
    if found is None:
        raise Refused("unknown_meeting", f"没有编号为 {number} 的会议；请核对编号。", "no such meeting", field="number")
    access.require_manage(actor, found.council.consortium, timezone.localdate(at))
    return found


@contextmanager
def _step(actor: Actor, number: str, action: str, at: datetime) -> Iterator[tuple[Meeting, dict[str, Any]]]:
    with transaction.atomic():
        meeting = locked(actor, number, at)
        row = MEETING.step(meeting, action, told=told(f"governance:{number}"))
        facts: dict[str, Any] = {}
        yield meeting, facts
        meeting.save()
        record(row.word, actor=actor, at=at, subject=number, consortium=meeting.council.consortium, facts={"number": number, "title": meeting.title, **facts})


def _note_present(meeting: Meeting, present: Sequence[int]) -> list[int]:
    here = set(seats.of_meeting(meeting).filter(id__in=present).values_list("id", flat=True))
    if here != set(present):
        raise Refused("not_seated", "到会名单中有人当日不在任；请刷新页面后重新勾选。", "not seated that day", field="present")
    known = set(meeting.attendances.values_list("seat_id", flat=True))
    fresh = sorted(here - known)
    Attendance.objects.bulk_create([Attendance(meeting=meeting, seat_id=seat) for seat in fresh])
    return fresh
