"""A package closes with the settlement of its year."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.settlement.budget.actions import moving
from yilianti.settlement.budget.lifecycle import PACKAGE
from yilianti.settlement.budget.models import Package


@transaction.atomic
def close(*, actor: Actor, number: str, settlement: str, at: datetime) -> Package:
    """Close the package because its settlement is locked: no month, payment or revision after that. Whether the actor may lock, the settlement has asked."""
    package = Package.objects.select_for_update(of=("self",)).select_related("consortium").filter(number=number).first()
    if package is None:
        raise Refused("unknown_package", f"没有编号为 {number} 的包干总额。", "No such package.", field="number")
    row = PACKAGE.step(package, "close", told=moving.told(package))
    package.closed_at, package.settlement = at, settlement
    package.save(update_fields=["state", "closed_at", "settlement"])
    moving.record(row.word, actor=actor, package=package, at=at, facts={"settlement": settlement})
    return package


@transaction.atomic
def hold(*, number: str, settlement: str) -> None:
    """Keep the package as it is because its settlement is approved; part of that step, which is journalled there."""
    Package.objects.filter(number=number).update(settlement=settlement)


@transaction.atomic
def release(*, number: str) -> None:
    """Open the package again because its settlement was sent back."""
    Package.objects.filter(number=number).update(settlement="")
