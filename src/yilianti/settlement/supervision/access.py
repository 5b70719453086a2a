"""Who sees suspicions, and who may take which step: the office of the institution and the bureau."""

from __future__ import annotations

from django.db.models import Q

from yilianti.kernel.actor import Actor
from yilianti.kernel.lifecycle import Row
from yilianti.settlement.supervision.lifecycle import SUSPICION
from yilianti.settlement.supervision.models import Suspicion
from yilianti.settlement.supervision.terms import Owner


def visible_to(actor: Actor) -> Q:
    """Suspicions of the institutions that the actor's post reaches."""
    return Q() if actor.is_system else Q(institution__in=actor.reaches("supervision.view"))


def may(actor: Actor, action: str, suspicion: Suspicion) -> bool:
    """Permitted for this suspicion; the platform's own steps are nobody's."""
    return actor.is_system or (SUSPICION[action].by != Owner.SYSTEM and actor.may(f"supervision.{action}", suspicion.institution_id))


def open_steps(actor: Actor, suspicion: Suspicion) -> list[Row]:
    """Steps both possible now and permitted."""
    return [row for row in SUSPICION.open_to(suspicion.state) if row.by != Owner.SYSTEM and may(actor, row.action, suspicion)]
