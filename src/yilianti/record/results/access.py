"""Who may read reports: the own reach always, other institutions' by `encounters.api.sharing`."""

from __future__ import annotations

from yilianti.kernel.actor import Actor
from yilianti.record.encounters import api as encounters
from yilianti.record.encounters.api import Sharing
from yilianti.record.results.models import Report, ReportQuerySet
from yilianti.registry.privacy import api as privacy

VIEW = "results.view"
SEALED = privacy.sealed(privacy.Source.REPORT, through_encounter=True)


def may_file(actor: Actor) -> bool:
    """Reports come from hospital systems and, later, from the platform's own centres."""
    return actor.is_system


def visible_to(actor: Actor, how_far: Sharing = Sharing.NO_CONSENT) -> ReportQuerySet:
    """Reports the actor may read, those of other institutions as `how_far` goes; sealed with their encounter or by themselves."""
    return encounters.readable(actor, Report.objects.all(), VIEW, how_far, SEALED)
