"""Packages as people look at them."""

from __future__ import annotations

from yilianti.kernel.actor import Actor
from yilianti.settlement.budget import access
from yilianti.settlement.budget.models import Package


def one(actor: Actor, number: str) -> Package | None:
    """A package in the actor's reach."""
    return Package.objects.select_related("consortium").filter(access.visible_to(actor), number=number).first()
