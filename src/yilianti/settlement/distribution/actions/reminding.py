"""Who has not confirmed: reminded by finance once a day, and told of by the clock when the last day is over. Silence is no consent."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.settlement.distribution import access
from yilianti.settlement.distribution.models import Settlement, Statement
from yilianti.settlement.distribution.terms import State, StatementState


def remind(*, actor: Actor, number: str, at: datetime) -> int:
    """Finance reminds every member that has neither confirmed nor disputed; returns how many."""
    day = timezone.localdate(at)
    with transaction.atomic():
        settlement = Settlement.objects.select_for_update(of=("self",)).filter(access.settlements_of(actor, day), number=number).first()
        if settlement is None:
            raise Refused("unknown_settlement", f"没有编号为 {number} 的清算，或不在您的岗位范围内；请核对编号。", "no such settlement", field="number")
        access.require(actor, "answer", settlement.consortium_id, day)
        if settlement.state != State.PREPARED:
            raise Refused("wrong_state", f"这次清算处于“{State.label(settlement.state)}”，没有要确认的清算单。", "Nothing waits to be confirmed.")
        waiting = list(settlement.statements.filter(state=StatementState.PREPARED).order_by("number").values_list("number", flat=True))
        if not waiting:
            raise Refused("nobody_waits", "没有要提醒的机构：各家都已确认，或已提出异议等您答复。", "Nobody has to be reminded.")
        if settlement.reminded_on == day:
            raise Refused("reminded_today", "今天已经提醒过；一天只提醒一次，急的请直接打电话。", "They were reminded today already.")
        settlement.reminded_on = day
        settlement.save(update_fields=["reminded_on"])
        journal.write("distribution.reminded", actor=actor, at=at, subject=f"distribution:{number}", facts={"number": number, "year": settlement.year, "statements": waiting})
    return len(waiting)


def tell_overdue(*, at: datetime) -> int:
    """Statements whose last day is over and that nobody has answered, told once: one line of the journal a settlement. Of how many statements."""
    today = timezone.localdate(at)
    late = Statement.objects.filter(settlement__state=State.PREPARED, state=StatementState.PREPARED, confirm_by__lt=today, overdue_told_on__isnull=True)
    many = 0
    for pk in sorted(set(late.values_list("settlement", flat=True))):
        many += _tell(pk, today, at)
    return many


@transaction.atomic
def _tell(pk: int, today: date, at: datetime) -> int:
    settlement = Settlement.objects.select_for_update(skip_locked=True).filter(pk=pk, state=State.PREPARED).first()
    if settlement is None:
        return 0
    late = list(settlement.statements.select_for_update().filter(state=StatementState.PREPARED, confirm_by__lt=today, overdue_told_on__isnull=True).order_by("number"))
    for one in late:
        one.overdue_told_on = today
        one.save(update_fields=["overdue_told_on"])
    if late:
        journal.write("distribution.overdue", actor=Actor.system(), at=at, subject=f"distribution:{settlement.number}", facts={"number": settlement.number, "year": settlement.year, "many": len(late), "statements": [one.number for one in late]})
    return len(late)
