"""A contract ends early for a reason, or runs out; what was paid for items nobody used is paid back."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from yilianti.care.contract import access, book, ledger
from yilianti.care.contract.actions import moving
from yilianti.care.contract.models import Contract, Refund, Refunded
from yilianti.care.contract.terms import State
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.money import Money


def end(*, actor: Actor, number: str, reason: str, stopped_on: date, note: str, at: datetime) -> Contract:
    """It holds no longer from that day; an earlier contract that still runs beside it ends with it."""
    day = timezone.localdate(at)
    known = book.reasons(day, actor.scope)
    why = known.get(reason)
    if why is None:
        raise Refused("reason_missing", "请选择解约原因。", "choose a reason", field="reason")
    if why.needs_evidence and not note.strip():
        raise Refused("evidence_missing", f"因“{why.name}”解约要写明依据，如谁告知、何时、见什么证明。", "evidence is missing", field="note")
    with moving.step(actor=actor, number=number, action="end", at=at) as step:
        contract = step.contract
        earliest = min(contract.begins_on, day) if why.may_be_past else day
        if not earliest <= stopped_on <= day:
            raise Refused("stopped_on_wrong", f"解约日期应在 {earliest} 至 {day} 之间，现为 {stopped_on}；请改正。", "day out of range", field="stopped_on")
        contract.stopped_on, contract.reason, contract.note = stopped_on, reason, note.strip()[:400]
        step.text, step.facts["reason"] = contract.note, reason
        former = contract.former
        if former is not None and former.state == State.RENEWED and former.until_on > stopped_on:
            held = Contract.objects.select_for_update(of=("self",)).select_related("team").get(pk=former.pk)
            held.reason, held.note = reason, contract.note
            moving.follow(held, actor, "end", at, stopped_on=stopped_on, facts={"reason": reason, "follower": contract.number})
    return step.contract


@transaction.atomic
def expire_due(*, at: datetime, limit: int = 500) -> int:
    """Contracts that ran out without a successor; returns how many."""
    day, count = timezone.localdate(at), 0
    for number in Contract.objects.filter(state="signed", until_on__lte=day).order_by("id").values_list("number", flat=True)[:limit]:
        with moving.step(actor=Actor.system(), number=number, action="expire", at=at):
            count += 1
    return count


@transaction.atomic
def refund(*, actor: Actor, number: str, voucher: str, at: datetime) -> Refund:
    """What the person paid for items that were never done, each once; only after the contract ended, was changed or ran out."""
    contract = moving.locked(actor, number)
    if not access.may(actor, "refund", contract):
        raise Refused("not_permitted", "您所在的岗位不能办理退费；请由乡镇医生或负责人办理。", "not permitted")
    if contract.state not in (State.ENDED, State.CHANGED, State.EXPIRED):
        raise Refused("wrong_state", f"签约“{State.label(contract.state)}”，还在履行；解约、改签或期满后才能退未用的项目。", "still running")
    if not voucher.strip():
        raise Refused("voucher_missing", "请填写退费的凭证号。", "voucher is missing", field="voucher")
    lines = [line for line in ledger.refundable(contract) if line.amount.fen]
    if not lines:
        raise Refused("nothing_back", "没有可退的：个人没有付费，项目都已做过，或已经退过。", "nothing to refund")
    total = sum((line.amount for line in lines), Money(0))
    made = Refund.objects.create(contract=contract, amount=total.fen, voucher=voucher.strip()[:60], refunded_by_id=actor.person, refunded_at=at,
                                 working=[{"package": line.owed.package, "item": line.owed.name, "due_on": line.owed.due_on.isoformat(), "fen": line.amount.fen} for line in lines])  # fmt: skip
    Refunded.objects.bulk_create([Refunded(refund=made, obligation_id=line.owed.id, amount=line.amount.fen) for line in lines])
    moving.record("contract.refunded", actor=actor, contract=contract, at=at, facts={"amount": total.fen, "items": len(lines)})
    return made
