"""Documents of the record: append-only; a correction supersedes."""

from __future__ import annotations

from django.db import models

from yilianti.kernel.models import protected
from yilianti.record.documents.terms import Kind, Status


class DocumentQuerySet(models.QuerySet["Document"]):
    def current(self) -> DocumentQuerySet:
        """Those no later document supersedes."""
        return self.filter(superseded_by__isnull=True)


class Document(models.Model):
    """One document. `unique_name` is the sender's own (TXA-12)."""

    append_only = True

    number = models.CharField("文书编号", max_length=24, unique=True)
    resident = models.ForeignKey("residents.Resident", on_delete=models.PROTECT, related_name="documents")
    institution = models.ForeignKey("institutions.Institution", on_delete=models.PROTECT, related_name="documents")
    encounter = models.ForeignKey("encounters.Encounter", null=True, blank=True, on_delete=models.PROTECT, related_name="documents")
    unique_name = models.CharField(max_length=96, blank=True)
    kind = models.CharField(max_length=24, choices=Kind.choices())
    title = models.CharField("标题", max_length=160)
    status = models.CharField(max_length=12, choices=Status.choices())
    authored_at = models.DateTimeField()
    author = models.CharField("作者", max_length=64, blank=True)
    body = models.TextField()
    supersedes = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by")
    source = models.CharField(max_length=64, blank=True)
    filed_at = models.DateTimeField()

    objects = DocumentQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["resident", "-authored_at", "-id"]),
            models.Index(fields=["institution", "unique_name"]),
            models.Index(fields=["encounter"]),
        ]
        triggers = protected("document_append_only")

    class Privacy:
        personal = {"body": "medical text", "title": "kind of document"}

    def __str__(self) -> str:
        return self.number
