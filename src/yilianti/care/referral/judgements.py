"""What a doctor holds of somebody who lies in a bed and could be at home."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from yilianti.kernel.models import protected


class Judgement(models.Model):
    """Which conditions of the way home a doctor holds to be met, for one stay (the number of the encounter, or of the referral where no system reports it);
    the newest of a stay stands."""

    append_only = True

    stay = models.CharField("住院", max_length=24)
    institution = models.ForeignKey("institutions.Institution", on_delete=models.PROTECT, related_name="+")
    resident = models.ForeignKey("residents.Resident", on_delete=models.PROTECT, related_name="+")
    signs = ArrayField(models.CharField(max_length=64), default=list, blank=True)
    judged_by = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    judged_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["stay", "-id"])]
        triggers = protected("referral_judgement_append_only")

    class Privacy:
        personal = {"signs": "what a doctor holds of somebody's condition"}

    def __str__(self) -> str:
        return f"{self.stay}:{self.id}"
