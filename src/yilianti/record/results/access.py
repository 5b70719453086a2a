"""Who may read reports: the own reach always, other institutions' by `encounters.api.sharing`."""

from __future__ import annotations

from yilianti.kernel.actor import Actor
from yilianti.record.results.models import Report, ReportQuerySet

VIEW = "results.view"


def may_file(actor: Actor) -> bool:
    """Reports come from hospital systems and, later, from the platform's own centres."""
    return actor.is_system


def visible_to(actor: Actor, *, elsewhere: bool = False) -> ReportQuerySet:
    """Reports the actor may read; `elsewhere` adds those of other institutions."""
    everything = Report.objects.all()
    if actor.is_system or (elsewhere and actor.may(VIEW)):
        return everything
    return everything.filter(institution__in=actor.reaches(VIEW))
