"""How far the facts have been taken out of the rooms' tables."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Watermark(models.Model):
    """The one row that says what the files hold: everything up to journal seal `sealed_number`, complete until `complete_until`.

    `generation` names the folder in use, `shape` the columns its files have; `rebuild_asked_at` asks for a new generation.
    """

    id = models.PositiveSmallIntegerField(primary_key=True)
    generation = models.PositiveIntegerField()
    shape = models.CharField(max_length=64)
    sealed_number = models.BigIntegerField()
    complete_until = models.DateTimeField()
    moved_at = models.DateTimeField()
    rebuild_asked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(name="one_watermark", condition=Q(id=1))]

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return f"{self.generation}:{self.sealed_number}"
