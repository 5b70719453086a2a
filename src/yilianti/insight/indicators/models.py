"""Figures as last computed: pages read these and never wait for a computation."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Figure(models.Model):
    """One card in one month, for an institution, for what a sender sends to it, or for a whole consortium; rates are computed from it when it is read.

    `measured` is what is no quotient (a median, in the card's unit); None where there is nothing to measure. `sealed_number` and
    `complete_until` say what the figure contains; the rows behind it are those known up to that seal.
    """

    card = models.CharField("指标", max_length=96)
    month = models.DateField("月份")
    institution = models.ForeignKey("institutions.Institution", null=True, on_delete=models.PROTECT, related_name="+")
    consortium = models.ForeignKey("institutions.Consortium", null=True, on_delete=models.PROTECT, related_name="+")
    sender = models.ForeignKey("institutions.Institution", null=True, on_delete=models.PROTECT, related_name="+")
    numerator = models.BigIntegerField("分子")
    denominator = models.BigIntegerField("分母")
    measured = models.DecimalField(max_digits=18, decimal_places=1, null=True)
    policy_ref = models.CharField(max_length=160)
    sealed_number = models.BigIntegerField()
    complete_until = models.DateTimeField()
    computed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["card", "month", "institution"], condition=Q(institution__isnull=False, sender__isnull=True), name="one_figure_per_institution"),
            models.UniqueConstraint(fields=["card", "month", "institution", "sender"], condition=Q(sender__isnull=False), name="one_figure_per_pair"),
            models.UniqueConstraint(fields=["card", "month", "consortium"], condition=Q(consortium__isnull=False), name="one_figure_per_consortium"),
            models.CheckConstraint(name="figure_has_one_place", condition=Q(institution__isnull=True) ^ Q(consortium__isnull=True)),
            models.CheckConstraint(name="pair_has_receiver", condition=Q(sender__isnull=True) | Q(institution__isnull=False)),
            models.CheckConstraint(name="figure_counts", condition=Q(numerator__gte=0, denominator__gte=models.F("numerator"))),
        ]
        indexes = [
            models.Index(fields=["institution", "-month"], condition=Q(institution__isnull=False), name="figures_of_institution"),
            models.Index(fields=["month", "institution", "sender"], condition=Q(sender__isnull=False), name="figures_of_pairs"),
            models.Index(fields=["consortium", "-month"], condition=Q(consortium__isnull=False), name="figures_of_consortium"),
        ]

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return f"{self.card} {self.month:%Y-%m}"


class PublishedWait(models.Model):
    """How long a receiver's answers took, as published last night: in all, of a department, or to a sender. Replaced every night."""

    receiver = models.ForeignKey("institutions.Institution", on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey("institutions.Department", null=True, on_delete=models.PROTECT, related_name="+")
    sender = models.ForeignKey("institutions.Institution", null=True, on_delete=models.PROTECT, related_name="+")
    cases = models.PositiveIntegerField()
    median_seconds = models.BigIntegerField()
    p90_seconds = models.BigIntegerField()
    since = models.DateField()
    until = models.DateField()
    policy_ref = models.CharField(max_length=160)
    published_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["receiver", "until"], name="published_waits")]
        constraints = [models.CheckConstraint(name="published_wait_has_cases", condition=Q(cases__gt=0))]

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return f"{self.receiver_id} {self.until}"
