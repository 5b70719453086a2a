"""Notices and tasks addressed to a person, or to whoever holds a role in an institution."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yilianti.registry.inbox.terms import Kind


class Item(models.Model):
    """One notice or task. `key` makes delivery idempotent; `link` is a path on the platform."""

    key = models.CharField(max_length=160, unique=True)
    kind = models.CharField(max_length=8, choices=Kind.choices())
    institution = models.ForeignKey("institutions.Institution", on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=32, blank=True)
    person = models.ForeignKey("people.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=120)
    body = models.CharField(max_length=400, blank=True)
    link = models.CharField(max_length=200, blank=True)
    subject = models.CharField(max_length=96, blank=True)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.BigIntegerField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["institution", "role", "-created_at"], condition=Q(done_at__isnull=True), name="inbox_open_by_role"),
            models.Index(fields=["person", "-created_at"], condition=Q(done_at__isnull=True), name="inbox_open_by_person"),
            models.Index(fields=["subject"]),
        ]

    class Privacy:
        personal = {"title": "may name a referral number, never a resident", "body": "the same"}

    def __str__(self) -> str:
        return self.title
