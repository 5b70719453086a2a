"""Overspend that a policy caused is set aside by the bureau, and may be withdrawn."""

from __future__ import annotations

from datetime import datetime

from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.money import Money
from yilianti.settlement.budget import year
from yilianti.settlement.budget.actions import moving
from yilianti.settlement.budget.models import SetAside


def set_aside(*, actor: Actor, number: str, amount: Money, because: str, document: str, at: datetime) -> SetAside:
    """Take so much out of the spending, with its reason and the paper that says so; never more than was spent."""
    with moving.step(actor=actor, number=number, action="set_aside", at=at) as step:
        spending = year.spending(step.package)
        most = spending.members + spending.purchased + spending.outside - spending.catastrophic_persons - spending.policy_caused
        if not 0 < amount.fen <= most:
            raise Refused("amount_beyond", f"已核算的总额内支出是 {Money(most)} 元，登记的是 {amount} 元；应大于 0、不超过它。", "Not between zero and what was spent.", field="amount")
        row = SetAside.objects.create(package=step.package, fen=amount.fen, because=moving.said(because, "because", "原因"), document=moving.said(document, "document", "依据文件", 160),
                                      at=at, by_id=actor.person, by_name=actor.name)  # fmt: skip
        step.facts |= {"fen": row.fen, "because": row.because, "document": row.document}
    return row


def withdraw_set_aside(*, actor: Actor, number: str, row: int, because: str, at: datetime) -> SetAside:
    """Put what was set aside back into the spending."""
    with moving.step(actor=actor, number=number, action="withdraw_set_aside", at=at) as step:
        wrong = SetAside.objects.filter(pk=row, package=step.package, withdraws__isnull=True).first()
        if wrong is None:
            raise Refused("unknown_set_aside", "没有这笔政策性超支；请刷新后再试。", "No such row.", field="row")
        if SetAside.objects.filter(withdraws=wrong).exists():
            raise Refused("withdrawn_already", "这笔政策性超支已经撤回；请刷新查看。", "That row has been withdrawn already.", field="row")
        back = SetAside.objects.create(package=step.package, fen=-wrong.fen, because=moving.said(because, "because", "撤回的原因"), document=wrong.document, withdraws=wrong, at=at, by_id=actor.person, by_name=actor.name)
        step.facts |= {"fen": back.fen, "because": back.because}
    return back
