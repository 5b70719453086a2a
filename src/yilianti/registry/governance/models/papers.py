"""Stamp images, signed papers, and what a consortium shows as evidence of its integration."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yilianti.kernel.models import protected


class Stamp(models.Model):
    """The image of an institution's stamp, in time; one at a time."""

    institution = models.ForeignKey("institutions.Institution", on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.CharField(max_length=64)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["institution"], condition=Q(until_at__isnull=True), name="one_stamp_per_institution")]

    class Privacy:
        personal = {"uploaded_by": "staff name"}

    def __str__(self) -> str:
        return f"{self.institution}"


class Paper(models.Model):
    """A signed PDF as it was issued: of a document or a resolution, found again by the code printed on it."""

    append_only = True

    code = models.CharField("核验码", max_length=16, unique=True)
    subject = models.CharField(max_length=64)
    consortium = models.ForeignKey("institutions.Consortium", on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)
    reference = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    signer = models.CharField(max_length=200)
    issued_by = models.CharField(max_length=64)
    issued_at = models.DateTimeField()

    class Meta:
        triggers = protected()
        indexes = [models.Index(fields=["subject", "-id"])]

    class Privacy:
        personal = {"issued_by": "staff name"}

    def __str__(self) -> str:
        return f"{self.reference} {self.code}"


class Evidence(models.Model):
    """What a consortium shows for one criterion in a year: a document, a resolution, or a sentence with where it lies."""

    consortium = models.ForeignKey("institutions.Consortium", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveIntegerField()
    criterion = models.CharField(max_length=48)
    subject = models.CharField(max_length=64, blank=True)
    note = models.CharField("说明", max_length=400, blank=True)
    linked_by = models.CharField(max_length=64)
    linked_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["consortium", "year"])]
        constraints = [
            models.UniqueConstraint(fields=["consortium", "year", "criterion", "subject"], condition=Q(removed_at__isnull=True) & ~Q(subject=""), name="evidence_once"),
            models.CheckConstraint(name="evidence_says_something", condition=~Q(subject="") | ~Q(note="")),
        ]

    class Privacy:
        personal = {"linked_by": "staff name"}

    def __str__(self) -> str:
        return f"{self.year} {self.criterion}"
