"""Who sees an import: whoever may bring that kind of table where it was brought."""

from __future__ import annotations

from django.db.models import Q

from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.imports.kinds import KINDS
from yilianti.registry.imports.models import Import

USE = "imports.use"


def visible_to(actor: Actor) -> Q:
    """Condition on Import."""
    if actor.is_system:
        return Q()
    found = Q(id__isnull=True)
    for kind, importer in KINDS.items():
        if actor.may(importer.permission):
            found |= Q(kind=kind, institution__in=actor.reaches(importer.permission))
    return found


def require(actor: Actor, one: Import) -> None:
    """Refuse unless the actor may bring this kind there."""
    actor.require(KINDS[one.kind].permission, one.institution_id)
