"""The bureau asks on, clears, confirms, withdraws, notes what came back, or takes a suspicion up again."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.money import Money
from yilianti.settlement.supervision.actions import moving
from yilianti.settlement.supervision.models import Suspicion
from yilianti.settlement.supervision.rules import hearing


def ask(*, actor: Actor, number: str, text: str, at: datetime) -> Suspicion:
    """Ask the institution for more; its time begins anew."""
    with moving.step(actor=actor, number=number, action="ask", text=text, at=at) as step:
        _give_time(step.suspicion, actor, at)
    return step.suspicion


def clear(*, actor: Actor, number: str, text: str, at: datetime) -> Suspicion:
    """Nothing is wrong with it; who was not heard yet loses nothing."""
    with moving.step(actor=actor, number=number, action="clear", text=text, at=at) as step:
        _decide(step.suspicion, actor, at)
    return step.suspicion


def confirm(*, actor: Actor, number: str, text: str, at: datetime, amount: Money) -> Suspicion:
    """It was wrong, by so much; only after the institution has spoken or its time is over."""
    with moving.step(actor=actor, number=number, action="confirm", text=text, at=at) as step:
        suspicion = step.suspicion
        if unheard := hearing.unheard(suspicion.explained_at is not None, suspicion.due_on, timezone.localdate(at)):
            raise Refused(unheard.code, unheard.sentence, unheard.en)
        if not 0 <= amount.fen <= suspicion.amount:
            raise Refused("amount_beyond", f"认定金额应在 0 至 {Money(suspicion.amount)} 元之间，现为 {amount} 元；请核对。", "amount beyond what is in question", field="amount")
        suspicion.confirmed = amount.fen
        _decide(suspicion, actor, at)
        step.facts["confirmed"] = amount.fen
    return step.suspicion


def recover(*, actor: Actor, number: str, text: str, at: datetime, amount: Money) -> Suspicion:
    """Note what was paid back to the fund, and by which voucher. The claim itself is corrected by its hospital in claims."""
    with moving.step(actor=actor, number=number, action="recover", text=text, at=at) as step:
        confirmed = step.suspicion.confirmed or 0
        if not 0 < amount.fen <= confirmed:
            raise Refused("amount_beyond", f"退回金额应大于 0、不超过认定的 {Money(confirmed)} 元，现为 {amount} 元；请核对。", "amount beyond what was confirmed", field="amount")
        step.suspicion.recovered = amount.fen
        step.facts["recovered"] = amount.fen
    return step.suspicion


def withdraw(*, actor: Actor, number: str, text: str, at: datetime) -> Suspicion:
    """The bureau takes it back, as when the rule itself was mistaken."""
    with moving.step(actor=actor, number=number, action="withdraw", text=text, at=at) as step:
        step.suspicion.due_on = None
    return step.suspicion


def reopen(*, actor: Actor, number: str, text: str, at: datetime) -> Suspicion:
    """New evidence: the institution is heard again."""
    with moving.step(actor=actor, number=number, action="reopen", text=text, at=at) as step:
        suspicion = step.suspicion
        suspicion.decided_at = suspicion.decided_by_id = suspicion.confirmed = None
        _give_time(suspicion, actor, at)
    return step.suspicion


def _give_time(suspicion: Suspicion, actor: Actor, at: datetime) -> None:
    """Who was asked anew is heard anew."""
    suspicion.explained_at = None
    suspicion.due_on, suspicion.reminded_on = moving.in_days(at, moving.limits(actor, at).days), None


def _decide(suspicion: Suspicion, actor: Actor, at: datetime) -> None:
    suspicion.decided_at, suspicion.decided_by_id, suspicion.due_on = at, actor.person, None
