"""The runner's memory: how far each handover has read, what it did, and what it had to park."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Cursor(models.Model):
    """The seal number up to which a handover has looked at the journal."""

    handover = models.CharField(max_length=64, primary_key=True)
    sealed_number = models.BigIntegerField(default=0)
    moved_at = models.DateTimeField(null=True)

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
    """An entry that failed (retried with back-off, then parked), or stands behind a failed one of its subject.

    Per handover and subject the open row with the lowest id is the head of a queue; only heads are tried.
    """

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
        constraints = [
            models.UniqueConstraint(fields=["handover", "entry"], name="waiting_once"),
            models.CheckConstraint(
                name="dismissed_whole",
                condition=Q(dismissed_at__isnull=True, dismissed_by__isnull=True, dismissed_because="")
                | (Q(dismissed_at__isnull=False) & ~Q(dismissed_because="")),
            ),
        ]
        indexes = [models.Index(fields=["handover", "subject", "id"], condition=Q(dismissed_at__isnull=True), name="waiting_by_subject")]

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return f"{self.handover}:{self.entry}"


class TimedRun(models.Model):
    """When a timed handover last ran, what it did, and since when it fails."""

    name = models.CharField(max_length=64, primary_key=True)
    ran_at = models.DateTimeField()
    seconds = models.FloatField(default=0)
    done = models.IntegerField(default=0)
    error = models.TextField(blank=True)
    failing_since = models.DateTimeField(null=True)

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return f"{self.name} {self.ran_at}"


class Verification(models.Model):
    """One check of the journal's whole chain; `broken` names the first fault, empty when it holds."""

    at = models.DateTimeField()
    sealed = models.BigIntegerField(default=0)
    unsealed = models.BigIntegerField(default=0)
    broken = models.CharField(max_length=400, blank=True)
    seconds = models.FloatField(default=0)

    class Meta:
        indexes = [models.Index(fields=["-at"])]

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return f"{self.at} {self.broken or 'holds'}"


class Chore(models.Model):
    """One piece of upkeep that somebody will ask about: a backup, a restore drill, a clearing-out, an upgrade. Written when it ends."""

    kind = models.CharField(max_length=16)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    well = models.BooleanField()
    said = models.CharField(max_length=400, blank=True)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["kind", "-ended_at"])]

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return f"{self.kind} {self.ended_at}"


class Alarm(models.Model):
    """A trouble that stands now and since when; the row goes when the trouble does. Administrators have a task of each."""

    code = models.CharField(max_length=96, primary_key=True)
    title = models.CharField(max_length=120)
    since = models.DateTimeField()

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return f"{self.code} {self.since}"
