"""Motions: moved before a meeting, with the edition they would put in force; withdrawn; put to the vote."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.numbers import next_number
from yilianti.registry.governance import access, editions, rules, seats
from yilianti.registry.governance.actions.recording import record, rules_of, scope_of, told
from yilianti.registry.governance.lifecycle import RESOLUTION
from yilianti.registry.governance.models import Meeting, Resolution
from yilianti.registry.governance.terms import Ballot, Matter, MeetingState, Motion, ResolutionState


@transaction.atomic
def propose(*, actor: Actor, number: str, motion: Motion, at: datetime) -> Resolution:
    """Move something before a meeting (its number); a wrong value of the edition is refused here already, with the cell's key as field."""
    meeting = Meeting.objects.select_for_update(of=("self",)).select_related("council__consortium").filter(number=number).first()
    if meeting is None:
        raise Refused("unknown_meeting", f"没有编号为 {number} 的会议；请核对编号。", "no such meeting", field="number")
    _may_move(actor, meeting, at)
    if meeting.state not in (MeetingState.CONVENED, MeetingState.OPENED):
        raise Refused("wrong_state", f"会议{MeetingState.label(meeting.state)}，不能再提议案；请在下一次会议提出。", "the meeting is over")
    if not motion.title.strip() or not motion.text.strip():
        raise Refused("motion_incomplete", "请填写议案的标题和正文。", field="text" if motion.title.strip() else "title")
    consortium = meeting.council.consortium
    resolution = Resolution(number=next_number("YA", at), consortium=consortium, meeting=meeting, council=meeting.council, title=motion.title.strip(), text=motion.text.strip(),
                            matter=Matter(motion.matter).value, ballot=Ballot(motion.ballot).value, proposed_by_id=actor.person, proposed_at=at)  # fmt: skip
    if motion.edition is not None:
        _carry(resolution, motion, timezone.localdate(meeting.held_at))
    if motion.revokes:
        resolution.revokes = _revocable(resolution, motion.revokes)
    resolution.save()
    record("governance.proposed", actor=actor, at=at, subject=resolution.number, consortium=consortium, facts={
        "number": resolution.number, "meeting": number, "matter": resolution.matter, "policy": resolution.policy_code, "revokes": motion.revokes,
    }, policy_refs=[resolution.base_ref] if resolution.base_ref else [])  # fmt: skip
    return resolution


def put_to_vote(*, actor: Actor, number: str, at: datetime) -> Resolution:
    """Open the vote; refused without a quorum, and where the edition in force has changed since the motion was written."""
    with step(actor, number, "put_to_vote", at) as (resolution, facts):
        if resolution.meeting.state != MeetingState.OPENED:
            raise Refused("not_in_session", "会议还没有开始；请先“开会”并登记到会，再付诸表决。", "the meeting is not in session")
        policy = rules_of(resolution.consortium, at)
        entitled, present = seats.counted(resolution.meeting)
        findings = rules.missing_quorum(present, entitled, policy["quorum"], policy.policy_ref)
        if findings:
            raise Refused("no_quorum", findings[0].sentence, findings[0].en, findings=findings)
        editions.refuse_if_stale(resolution)
        resolution.majority = policy["majorities"][resolution.matter]
        resolution.rules_ref, resolution.voting_at = policy.policy_ref, at
        facts.update(title=resolution.title, majority=resolution.majority, entitled=entitled, present=present,
                     people=sorted(set(seats.present_at(resolution.meeting).filter(has_vote=True).values_list("person_id", "institution_id"))))  # fmt: skip
    return resolution


def withdraw(*, actor: Actor, number: str, because: str, at: datetime) -> Resolution:
    """The motion is taken back, also during the vote."""
    with step(actor, number, "withdraw", at) as (resolution, facts):
        if not because.strip():
            raise Refused("reason_missing", "请写明撤回的原因。", field="because")
        resolution.withdrawn_because, facts["because"] = because.strip()[:200], because
    return resolution


def locked(number: str) -> Resolution:
    """The resolution, held; whoever comes second waits here and sees what the first did."""
    found = Resolution.objects.select_for_update(of=("self",)).select_related("consortium", "meeting__council", "council").filter(number=number).first()
    if found is None:
        raise Refused("unknown_resolution", f"没有编号为 {number} 的议案；请核对编号。", "no such resolution", field="number")
    return found


@contextmanager
def step(actor: Actor, number: str, action: str, at: datetime) -> Iterator[tuple[Resolution, dict[str, Any]]]:
    """One step of the office on one resolution: locked, permitted, possible, saved and journalled in one transaction."""
    with transaction.atomic():
        resolution = locked(number)
        access.require_manage(actor, resolution.consortium, timezone.localdate(at))
        row = RESOLUTION.step(resolution, action, told=told(f"governance:{number}"))
        facts: dict[str, Any] = {}
        yield resolution, facts
        resolution.save()
        record(row.word, actor=actor, at=at, subject=number, consortium=resolution.consortium,
               facts={"number": number, **facts}, policy_refs=[resolution.rules_ref] if resolution.rules_ref else [])  # fmt: skip


def _may_move(actor: Actor, meeting: Meeting, at: datetime) -> None:
    """The office, and whoever sits in the council."""
    seated = actor.person is not None and actor.may(access.VOTE) and seats.of_meeting(meeting).filter(person=actor.person).exists()
    if not seated:
        access.require_manage(actor, meeting.council.consortium, timezone.localdate(at))


def _carry(resolution: Resolution, motion: Motion, held_on: date) -> None:
    edition = motion.edition
    assert edition is not None
    resolution.policy_code, resolution.corrects = edition.code, edition.corrects
    try:
        resolution.effective_from = date.fromisoformat(edition.effective_from)
    except ValueError:
        raise Refused("day_missing", "请填写新版本的生效日期，形如 2026-01-01。", field="effective_from") from None
    resolution.values = dict(edition.values)
    resolution.base_ref = editions.checked(resolution, scope_of(resolution.consortium), held_on).policy_ref


def _revocable(resolution: Resolution, number: str) -> Resolution:
    found = Resolution.objects.filter(consortium=resolution.consortium, number=number, state=ResolutionState.ADOPTED.value).first()
    if found is None:
        raise Refused("nothing_to_revoke", "所废止的决议不存在，或不是有效的决议；请重新选择。", "no such adopted resolution", field="revokes")
    return found
