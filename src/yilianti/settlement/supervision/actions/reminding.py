"""Who has not spoken or decided is reminded once before the limit."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from yilianti.kernel.actor import Actor
from yilianti.registry.institutions import api as institutions
from yilianti.settlement.supervision.actions import moving
from yilianti.settlement.supervision.models import Suspicion
from yilianti.settlement.supervision.terms import OPEN

_FARTHEST = timedelta(days=30)


@transaction.atomic
def remind_due(*, at: datetime, limit: int = 500) -> int:
    """Remind of limits that are near; returns of how many."""
    today = timezone.localdate(at)
    rows = Suspicion.objects.select_for_update(skip_locked=True).filter(state__in=OPEN, reminded_on__isnull=True, due_on__lte=today + _FARTHEST).order_by("due_on", "id")[:limit]
    actors: dict[int, tuple[Actor, int]] = {}
    reminded = 0
    for row in rows:
        if row.institution_id not in actors:
            scope = institutions.scope_of(row.institution_id, at)
            actor = Actor.system(institution=row.institution_id, consortium=scope.consortium, region=scope.region)
            actors[row.institution_id] = actor, moving.limits(actor, at).remind_before
        actor, before = actors[row.institution_id]
        if _is_near(row.due_on, today, before):
            row.reminded_on = today
            row.save(update_fields=["reminded_on"])
            moving.record("supervision.reminded", actor=actor, suspicion=row, at=at, facts={})
            reminded += 1
    return reminded


def _is_near(due_on: date | None, today: date, before: int) -> bool:
    return due_on is not None and due_on - timedelta(days=before) <= today
