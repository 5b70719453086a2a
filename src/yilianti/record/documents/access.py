"""Who may read and file documents: the own reach always, other institutions' by `encounters.api.sharing`."""

from __future__ import annotations

from yilianti.kernel.actor import Actor
from yilianti.record.documents.models import Document, DocumentQuerySet

VIEW = "documents.view"
FILE = "documents.file"


def may_file(actor: Actor, institution_id: int) -> bool:
    """Hospital systems through a gateway, and posts that hold documents.file there."""
    return actor.may(FILE, institution_id)


def visible_to(actor: Actor, *, elsewhere: bool = False) -> DocumentQuerySet:
    """Documents the actor may read; `elsewhere` adds those of other institutions."""
    everything = Document.objects.all()
    if actor.is_system or (elsewhere and actor.may(VIEW)):
        return everything
    return everything.filter(institution__in=actor.reaches(VIEW))
