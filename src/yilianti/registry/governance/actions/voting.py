"""Votes, one per seat, and the one tally; then the edition that an adopted resolution puts in force."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.policybook import by_ref
from yilianti.registry.governance import access, editions, rules, seats
from yilianti.registry.governance.actions import resolving
from yilianti.registry.governance.actions.recording import record, rules_of, told
from yilianti.registry.governance.lifecycle import RESOLUTION
from yilianti.registry.governance.models import Council, Resolution, Seat, SecretBallot, Vote
from yilianti.registry.governance.terms import Ballot, Choice, ResolutionState

CASTABLE = (Choice.FOR, Choice.AGAINST, Choice.ABSTAIN, Choice.RECUSED)


@transaction.atomic
def vote(*, actor: Actor, number: str, choice: str, because: str = "", at: datetime) -> Resolution:
    """A member present casts their own vote."""
    resolution = resolving.locked(number)
    mine = seats.of_meeting(resolution.meeting).filter(person=actor.person or 0).first() if actor.may(access.VOTE) else None
    if mine is None:
        raise Refused("not_seated", f"您不是“{resolution.council.name}”的在任委员，不能表决。", "not a member of the council")
    _cast(actor, resolution, mine, choice, because, at)
    return resolution


@transaction.atomic
def record_vote(*, actor: Actor, number: str, seat_id: int, choice: str, because: str = "", at: datetime) -> Resolution:
    """The office writes down a hand that was raised; a secret ballot nobody casts for another."""
    resolution = resolving.locked(number)
    access.require_manage(actor, resolution.consortium, timezone.localdate(at))
    if resolution.ballot == Ballot.SECRET:
        raise Refused("secret_ballot", "无记名投票只能由委员本人投出。", "nobody casts a secret ballot for another", field="seat")
    held = seats.of_meeting(resolution.meeting).filter(id=seat_id).first()
    if held is None:
        raise Refused("unknown_seat", "没有这个席位，或其当日不在任；请刷新页面。", "no such seat", field="seat")
    _cast(actor, resolution, held, choice, because, at)
    return resolution


def _cast(actor: Actor, resolution: Resolution, seat: Seat, choice: str, because: str, at: datetime) -> None:
    if resolution.state != ResolutionState.VOTING:
        raise Refused("wrong_state", f"议案{ResolutionState.label(resolution.state)}，表决没有开放。{told(f'governance:{resolution.number}')}", "the vote is not open")
    if not seat.has_vote:
        raise Refused("no_right", "该席位列席会议，没有表决权。", "the seat has no vote")
    if not seats.present_at(resolution.meeting).filter(id=seat.id).exists():
        raise Refused("not_present", "该委员没有登记到会；请先登记到会，再表决。", "not present", field="seat")
    if choice not in [str(one.value) for one in CASTABLE]:
        raise Refused("choice_missing", "请选择赞成、反对、弃权或回避。", field="choice")
    if choice == Choice.RECUSED and not because.strip():
        raise Refused("reason_missing", "回避须写明利害关系。", field="because")
    is_secret = resolution.ballot == Ballot.SECRET and choice != Choice.RECUSED
    shown = Choice.SEALED.value if is_secret else Choice(choice).value
    said = because.strip()[:200] if choice == Choice.RECUSED else ""
    try:
        with transaction.atomic():
            Vote.objects.create(resolution=resolution, seat=seat, choice=shown, because=said, cast_at=at, recorded_by=actor.person)
    except IntegrityError as clash:
        raise Refused("changed_meanwhile", "该席位已经表决过；每个席位只有一票，不能更改。", "voted already") from clash
    if is_secret:
        SecretBallot.objects.create(resolution=resolution, choice=choice)
    record("governance.voted", actor=actor, at=at, subject=resolution.number, consortium=resolution.consortium, facts={"seat": seat.id, "choice": shown})


@transaction.atomic
def close_vote(*, actor: Actor, number: str, at: datetime) -> Resolution:
    """Count, once: the resolution is adopted with its number, or rejected. What it revokes is revoked with it."""
    resolution = resolving.locked(number)
    access.require_manage(actor, resolution.consortium, timezone.localdate(at))
    if not RESOLUTION.can("adopt", resolution.state):
        raise RESOLUTION.refusal("adopt", resolution.state, told=told(f"governance:{number}"))
    counted = _count(resolution)
    row = RESOLUTION.step(resolution, "adopt" if counted.adopted else "reject")
    resolution.tally, resolution.decided_at = counted.as_facts(), at
    if counted.adopted:
        _adopt(resolution, at)
    resolution.save()
    record(row.word, actor=actor, at=at, subject=number, consortium=resolution.consortium, facts={
        "number": number, "official_number": resolution.official_number, "title": resolution.title, "policy_ref": resolution.policy_ref,
        "meeting": resolution.meeting.number, **resolution.tally,
    }, policy_refs=[resolution.rules_ref])  # fmt: skip
    if counted.adopted and resolution.revokes_id:
        _revoke(actor, resolution, at)
    return resolution


def _count(resolution: Resolution) -> rules.Tally:
    entitled, present = seats.counted(resolution.meeting)
    choices = [choice for choice in resolution.votes.values_list("choice", flat=True) if choice != Choice.SEALED]
    choices += list(resolution.ballots.values_list("choice", flat=True))
    # The rules under which the vote was opened, also where others hold by now.
    policy = by_ref(resolution.rules_ref)
    return rules.tally(choices, majority=resolution.majority, counted_of=policy["counted_of"], entitled=entitled, present=present)


def _adopt(resolution: Resolution, at: datetime) -> None:
    """Its number, one for all councils of the consortium; the edition as it will be written."""
    held = list(Council.objects.select_for_update(no_key=True).filter(consortium=resolution.consortium_id).order_by("id"))
    decided_on = timezone.localdate(at)
    adopted = Resolution.objects.filter(council__in=held, decided_at__year=decided_on.year).aggregate(last=Max("serial"))
    resolution.serial = (adopted["last"] or 0) + 1
    resolution.official_number = rules.numbered(rules_of(resolution.consortium, at)["number_form"], decided_on.year, resolution.serial)
    if resolution.policy_code:
        resolution.policy_ref = editions.settled(resolution, decided_on)
        assert resolution.effective_from is not None


def _revoke(actor: Actor, by: Resolution, at: datetime) -> None:
    former = Resolution.objects.select_for_update(of=("self",)).get(revoked_by=by)
    if not RESOLUTION.can("revoke", former.state):
        raise Refused("changed_meanwhile", "所废止的决议已由另一决议废止；请撤回本案。", "revoked already")
    RESOLUTION.step(former, "revoke")
    former.save(update_fields=["state"])
    record("governance.revoked", actor=actor, at=at, subject=former.number, consortium=by.consortium,
           facts={"number": former.number, "official_number": former.official_number, "by": by.official_number})  # fmt: skip


@transaction.atomic
def enact(*, actor: Actor, number: str, at: datetime) -> Resolution:
    """Write the edition an adopted resolution carries; done already, or nothing to write, changes nothing. Raises PolicyError, OSError, to be tried again."""
    resolution = resolving.locked(number)
    if not resolution.policy_ref or resolution.enacted_at is not None or resolution.decided_at is None:
        return resolution
    written = editions.write(resolution, timezone.localdate(resolution.decided_at))
    resolution.enacted_at = at
    resolution.save(update_fields=["enacted_at"])
    record("governance.edition_enacted", actor=actor, at=at, subject=number, consortium=resolution.consortium,
           facts={"number": number, "official_number": resolution.official_number, "fingerprint": written.fingerprint}, policy_refs=[written.policy_ref])  # fmt: skip
    return resolution
