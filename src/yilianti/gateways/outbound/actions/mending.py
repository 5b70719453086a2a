"""What a person decides about a message that did not get through: send it again, or let it go with a reason."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from yilianti.gateways.outbound.actions.queueing import written
from yilianti.gateways.outbound.lifecycle import OUTGOING
from yilianti.gateways.outbound.models import Destination, Outgoing
from yilianti.gateways.outbound.terms import State
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.inbox import api as inbox

PERMISSION = "outbound.replay"
REASON_LENGTH = 200


@transaction.atomic
def replay(*, actor: Actor, message: int, at: datetime, permission: str = PERMISSION) -> Outgoing:
    """Send again, with the same control id and a fresh set of attempts. A door names the permission of its own people."""
    row = _locked(actor, message, permission)
    _again(row, actor, at)
    _done(row, actor, at)
    return row


@transaction.atomic
def replay_all(*, actor: Actor, destination: int, at: datetime) -> int:
    """Send again everything that stands still at one destination; returns how many."""
    chosen = Destination.objects.filter(id=destination).first()
    if chosen is None:
        raise Refused("unknown_destination", "没有这个目的地；请返回列表重新选择。", "no such destination", field="destination")
    actor.require(PERMISSION, chosen.institution_id)
    rows = list(Outgoing.objects.select_for_update().select_related("destination").filter(destination=chosen, state=State.PARKED.value).order_by("id"))
    for row in rows:
        _again(row, actor, at)
    if rows:
        _done(rows[-1], actor, at)
    return len(rows)


@transaction.atomic
def give_up(*, actor: Actor, message: int, reason: str, at: datetime) -> Outgoing:
    """It will not be sent: says why, and lets what stands behind it follow."""
    reason = reason.strip()
    if not reason:
        raise Refused("reason_missing", "请填写“放弃原因”：放弃后对方不会收到这条消息，日后要能说明为什么。", "A reason is required.", field="reason")
    if len(reason) > REASON_LENGTH:
        raise Refused("reason_too_long", f"“放弃原因”最多 {REASON_LENGTH} 个字，请缩短。", "The reason is too long.", field="reason")
    row = _locked(actor, message)
    step = OUTGOING.step(row, "give_up")
    row.closed_at, row.closed_by, row.closed_because = at, actor.person, reason
    row.save()
    written(row, step.word, actor=actor, at=at, reason=reason)
    _done(row, actor, at)
    return row


def _again(row: Outgoing, actor: Actor, at: datetime) -> None:
    step = OUTGOING.step(row, "replay")
    row.failures, row.retry_at, row.parked_at, row.queued_at = 0, None, None, at
    row.closed_at, row.closed_by, row.closed_because = None, None, ""
    row.save()
    Destination.objects.filter(id=row.destination_id).update(retry_at=None)
    written(row, step.word, actor=actor, at=at)


def _done(row: Outgoing, actor: Actor, at: datetime) -> None:
    """Nothing stands still there any more: the task that asked for it is done."""
    if not Outgoing.objects.filter(destination_id=row.destination_id, state=State.PARKED.value).exists():
        inbox.complete(actor=actor, subject=parked_subject(row.destination_id), at=at)


def parked_subject(destination: int) -> str:
    return f"outbound_parked:{destination}"


def _locked(actor: Actor, message: int, permission: str = PERMISSION) -> Outgoing:
    """The row, held against the sender; refused while it is on its way."""
    row = Outgoing.objects.select_for_update(of=("self",)).select_related("destination").filter(id=message).first()
    if row is None:
        raise Refused("message_missing", "没有这条外发消息；请返回列表重新选择。", "No such message.")
    actor.require(permission, row.destination.institution_id)
    if row.leased_until is not None and row.state == State.WAITING.value:
        raise Refused("changed_meanwhile", "这条消息正在发送；请稍候几秒，看过结果再决定。", "It is being sent right now.")
    return row
