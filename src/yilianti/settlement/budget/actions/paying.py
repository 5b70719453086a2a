"""The advance as it arrives: payments noted, wrong ones taken back, and the bureau reminded before an instalment is due."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.money import Money
from yilianti.settlement.budget.actions import moving
from yilianti.settlement.budget.models import Instalment, Payment
from yilianti.settlement.budget.terms import State

#: So long before the last day the bureau is reminded.
AHEAD = timedelta(days=5)


def pay(*, actor: Actor, number: str, instalment: int, amount: Money, voucher: str, paid_on: date, at: datetime) -> Payment:
    """Note that money arrived for an instalment, never more than is owed."""
    with moving.step(actor=actor, number=number, action="pay", at=at) as step:
        due = Instalment.objects.filter(package=step.package, number=instalment).first()
        if due is None:
            raise Refused("unknown_instalment", f"这份总额没有第 {instalment} 期；请核对期数。", "No such instalment.", field="instalment")
        slip = moving.said(voucher, "voucher", "凭证号", 64)
        if Payment.objects.filter(instalment__package=step.package, voucher=slip, corrects__isnull=True, corrected_by__isnull=True).exists():
            raise Refused("voucher_used", f"凭证 {slip} 已经登记过；请核对，登记错了的先更正。", "That voucher has been noted already.", field="voucher")
        if paid_on > timezone.localdate(at):
            raise Refused("paid_in_future", f"到账日期 {paid_on} 还没有到；请核对。", "The day of payment lies ahead.", field="paid_on")
        open_fen = due.fen - sum(due.payments.values_list("fen", flat=True))
        if not 0 < amount.fen <= open_fen:
            raise Refused("amount_beyond", f"第 {instalment} 期还应付 {Money(open_fen)} 元，登记的是 {amount} 元；请核对金额。", "Not between zero and what is still owed.", field="amount")
        paid = Payment.objects.create(instalment=due, voucher=slip, paid_on=paid_on, fen=amount.fen, at=at, by_id=actor.person, by_name=actor.name)
        step.facts |= {"instalment": instalment, "fen": amount.fen, "voucher": slip, "paid_on": paid_on.isoformat(), "open": open_fen - amount.fen}
    return paid


def correct_payment(*, actor: Actor, number: str, payment: int, because: str, at: datetime) -> Payment:
    """Take a payment back by a negative row with its reason; the right one is then noted anew."""
    with moving.step(actor=actor, number=number, action="correct_payment", at=at) as step:
        wrong = Payment.objects.filter(pk=payment, instalment__package=step.package, corrects__isnull=True).select_related("instalment").first()
        if wrong is None:
            raise Refused("unknown_payment", "没有这笔拨付；请刷新后再试。", "No such payment.", field="payment")
        if Payment.objects.filter(corrects=wrong).exists():
            raise Refused("corrected_already", f"凭证 {wrong.voucher} 已经更正过；请刷新查看。", "That payment has been corrected already.", field="payment")
        reason = moving.said(because, "because", "更正的原因")
        back = Payment.objects.create(instalment=wrong.instalment, voucher=wrong.voucher, paid_on=wrong.paid_on, fen=-wrong.fen, corrects=wrong, because=reason, at=at, by_id=actor.person, by_name=actor.name)
        step.facts |= {"instalment": wrong.instalment.number, "fen": back.fen, "voucher": wrong.voucher, "because": reason}
    return back


@transaction.atomic
def remind_due(*, at: datetime) -> int:
    """Remind once of each instalment that is due soon and not paid whole; of how many."""
    today = timezone.localdate(at)
    waiting = Instalment.objects.filter(package__state=State.FIXED.value, reminded_on__isnull=True, due_on__lte=today + AHEAD, due_on__year=F("package__year"))
    owed = waiting.annotate(paid=Coalesce(Sum("payments__fen"), 0)).filter(paid__lt=F("fen")).order_by("id")
    ids = list(owed.values_list("id", flat=True))
    for one in Instalment.objects.select_for_update(of=("self",), skip_locked=True).select_related("package__consortium").filter(pk__in=ids, reminded_on__isnull=True).order_by("id"):
        one.reminded_on = today
        one.save(update_fields=["reminded_on"])
        facts = {"instalment": one.number, "fen": one.fen, "due_on": one.due_on.isoformat() if one.due_on else ""}
        moving.record("budget.instalment_reminded", actor=Actor.system(), package=one.package, at=at, facts=facts)
    return len(ids)
