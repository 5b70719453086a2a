"""The journal, its seals, and the heartbeat of each process."""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Func


def protected(name: str = "append_only") -> list[pgtrigger.Trigger]:
    """Triggers that refuse change and removal, for tables that are only ever added to."""
    row = pgtrigger.Protect(name=name, operation=pgtrigger.Update | pgtrigger.Delete)
    refusal = "RAISE EXCEPTION 'pgtrigger: Cannot truncate rows from % table', TG_TABLE_NAME;"
    whole = pgtrigger.Trigger(
        name=f"{name}_whole", operation=pgtrigger.Truncate, level=pgtrigger.Statement, when=pgtrigger.Before, func=refusal
    )
    return [row, whole]


class JournalEntry(models.Model):
    """One thing that happened. No foreign keys: the journal outlives what it speaks of."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    word = models.CharField(max_length=64)
    actor_person = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=64)
    actor_institution = models.BigIntegerField(null=True)
    subject = models.CharField(max_length=96)
    resident = models.BigIntegerField(null=True)
    from_institution = models.BigIntegerField(null=True)
    to_institution = models.BigIntegerField(null=True)
    facts = models.JSONField(default=dict)
    policy_refs = ArrayField(models.CharField(max_length=160), default=list)
    caused_by = models.BigIntegerField(null=True)
    transaction = models.BigIntegerField(db_default=Func(function="txid_current"))

    class Meta:
        indexes = [
            models.Index(fields=["subject", "id"]),
            models.Index(fields=["resident", "id"], condition=models.Q(resident__isnull=False), name="journal_resident"),
            models.Index(fields=["word", "id"]),
            models.Index(fields=["at"]),
            models.Index(fields=["transaction"]),
        ]
        triggers = protected()

    class Privacy:
        personal = {"actor_name": "staff name, shown in the audit trail"}
        resident_by_number_only = True

    def __str__(self) -> str:
        return f"{self.id} {self.word} {self.subject}"


class JournalSeal(models.Model):
    """The number and hash the sealer gave to a committed entry; each hash covers the one before."""

    append_only = True

    number = models.BigIntegerField(primary_key=True)
    entry_id = models.BigIntegerField(unique=True)
    algorithm = models.CharField(max_length=16)
    hash = models.CharField(max_length=128)
    sealed_at = models.DateTimeField()

    class Meta:
        triggers = protected()

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return f"{self.number} → {self.entry_id}"


class Heartbeat(models.Model):
    """When each process last said that it works."""

    process = models.CharField(max_length=32, primary_key=True)
    at = models.DateTimeField()
    detail = models.JSONField(default=dict)

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return f"{self.process} {self.at}"
