"""Who may read and file documents: the own reach always, other institutions' by `encounters.api.sharing`."""

from __future__ import annotations

from yilianti.kernel.actor import Actor
from yilianti.record.documents.models import Document, DocumentQuerySet
from yilianti.record.encounters import api as encounters
from yilianti.record.encounters.api import Sharing
from yilianti.registry.privacy import api as privacy
from yilianti.registry.residents import api as residents

VIEW = "documents.view"
SEALED = privacy.sealed(privacy.Source.DOCUMENT, through_encounter=True)
FILE = "documents.file"
ATTACH = "documents.attach"


def may_file(actor: Actor, institution_id: int) -> bool:
    """Hospital systems through a gateway, and posts that hold documents.file there."""
    return actor.may(FILE, institution_id)


def may_attach(actor: Actor, institution_id: int | None, resident_id: int) -> bool:
    """Whoever has the person in care attaches a file for their own institution."""
    return institution_id is not None and actor.may(ATTACH, institution_id) and residents.may_view(actor, resident_id)


def visible_to(actor: Actor, how_far: Sharing = Sharing.NO_CONSENT) -> DocumentQuerySet:
    """Documents the actor may read, those of other institutions as `how_far` goes; sealed with their encounter or by themselves."""
    return encounters.readable(actor, Document.objects.all(), VIEW, how_far, SEALED)
