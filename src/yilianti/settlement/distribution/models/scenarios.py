"""Scenarios that somebody kept: a settled year with something changed, and what came of it."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from yilianti.settlement.distribution.models.years import Run, Settlement, person


class Scenario(models.Model):
    """What was changed and assumed, and the answer as it was reckoned then from that run; archived when nobody needs it any more. Nothing of the run is touched."""

    number = models.CharField("方案编号", max_length=24, unique=True)
    consortium = models.ForeignKey("institutions.Consortium", on_delete=models.PROTECT, related_name="+")
    settlement = models.ForeignKey(Settlement, on_delete=models.PROTECT, related_name="scenarios")
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+")
    name = models.CharField("名称", max_length=60)
    changes: models.JSONField[list[list[str]], Any] = models.JSONField(default=list)
    assumptions: models.JSONField[list[list[str]], Any] = models.JSONField(default=list)
    result: models.JSONField[dict[str, Any], Any] = models.JSONField()
    made_at = models.DateTimeField()
    made_by = person()
    made_by_name = models.CharField(max_length=64)
    archived_at = models.DateTimeField(null=True)
    archived_by_name = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(name="scenario_archived_has_whom", condition=Q(archived_at__isnull=True, archived_by_name="") | (Q(archived_at__isnull=False) & ~Q(archived_by_name="")))]
        indexes = [models.Index(fields=["consortium", "-id"])]

    class Privacy:
        personal = {"made_by_name": "who made it", "archived_by_name": "who put it away"}

    def __str__(self) -> str:
        return self.number
