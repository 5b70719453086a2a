"""Who may read and file documents: the own reach always, other institutions' by `encounters.api.sharing`."""

from __future__ import annotations

from yilianti.kernel.actor import Actor
from yilianti.record.documents.models import Document, DocumentQuerySet
from yilianti.record.encounters import api as encounters
from yilianti.record.encounters.api import Sharing
from yilianti.registry.privacy import api as privacy

VIEW = "documents.view"
SEALED = privacy.sealed(privacy.Source.DOCUMENT, through_encounter=True)
FILE = "documents.file"


def may_file(actor: Actor, institution_id: int) -> bool:
    """Hospital systems through a gateway, and posts that hold documents.file there."""
    return actor.may(FILE, institution_id)


def visible_to(actor: Actor, how_far: Sharing = Sharing.NO_CONSENT) -> DocumentQuerySet:
    """Documents the actor may read, those of other institutions as `how_far` goes; sealed with their encounter or by themselves."""
    return encounters.readable(actor, Document.objects.all(), VIEW, how_far, SEALED)
