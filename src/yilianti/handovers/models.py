"""The runner's memory: how far each handover has read, what it did, and what it had to park."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Cursor(models.Model):
    """The seal number up to which a handover has looked at the journal."""

    handover = models.CharField(max_length=64, primary_key=True)
    sealed_number = models.BigIntegerField(default=0)

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return f"{self.handover} → {self.sealed_number}"


class Delivery(models.Model):
    """An entry handed over once: the key of idempotency."""

    handover = models.CharField(max_length=64)
    entry = models.BigIntegerField()
    delivered_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["handover", "entry"], name="delivered_once")]

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return f"{self.handover}:{self.entry}"


class Waiting(models.Model):
    """An entry that failed (retried with back-off, then parked), or stands behind a failed one of its subject."""

    handover = models.CharField(max_length=64)
    entry = models.BigIntegerField()
    subject = models.CharField(max_length=96)
    attempts = models.PositiveIntegerField(default=0)
    retry_at = models.DateTimeField(null=True)
    parked_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)
    first_failed_at = models.DateTimeField()
    dismissed_at = models.DateTimeField(null=True)
    dismissed_by = models.BigIntegerField(null=True)
    dismissed_because = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["handover", "entry"], name="waiting_once")]
        indexes = [models.Index(fields=["handover", "subject", "entry"], condition=Q(dismissed_at__isnull=True), name="waiting_by_subject")]

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return f"{self.handover}:{self.entry}"
