"""Asking for the facts to be taken anew; whoever leads does it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from yilianti.insight.facts.models import Watermark
from yilianti.kernel import journal
from yilianti.kernel.actor import Actor


@transaction.atomic
def ask_rebuild(*, actor: Actor, at: datetime) -> bool:
    """Ask the process that follows the journal for a new generation of files; False when there are no files yet."""
    asked = Watermark.objects.filter(id=1).update(rebuild_asked_at=at)
    if asked:
        journal.write("facts.rebuild_asked", actor=actor, at=at, subject="facts:all")
    return bool(asked)
