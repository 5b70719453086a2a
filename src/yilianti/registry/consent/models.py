"""What a resident has agreed to, with whom, until when."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q

from yilianti.registry.consent.terms import Basis, Purpose


class ConsentQuerySet(models.QuerySet["Consent"]):
    def in_force(self, at: datetime) -> ConsentQuerySet:
        """Those that hold at that moment (rules.holds, in SQL)."""
        lasting = Q(until_at__isnull=True) | Q(until_at__gt=at)
        not_withdrawn = Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gt=at)
        return self.filter(lasting, not_withdrawn, given_at__lte=at)


class Consent(models.Model):
    """One consent; withdrawing sets `withdrawn_at`, it is never removed."""

    resident = models.ForeignKey("residents.Resident", on_delete=models.PROTECT, related_name="consents")
    purpose = models.CharField("用途", max_length=24, choices=Purpose.choices())
    basis = models.CharField("方式", max_length=12, choices=Basis.choices())
    institution = models.ForeignKey("institutions.Institution", on_delete=models.PROTECT, related_name="+")
    recorded_by = models.BigIntegerField(null=True)
    given_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["resident", "purpose", "-given_at"])]
        constraints = [models.CheckConstraint(name="consent_ends_after_start", condition=Q(until_at__isnull=True) | Q(until_at__gt=F("given_at")))]

    class Privacy:
        personal = {"purpose": "what the resident agreed to"}

    def __str__(self) -> str:
        return f"{self.resident_id} {self.purpose}"
