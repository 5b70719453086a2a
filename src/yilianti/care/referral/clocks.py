"""The clock of a promise, and the question that has one of its own."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yilianti.care.referral.terms import Side


class Clock(models.Model):
    """Something promised: until when, how many rungs of its ladder were taken, and when the clock speaks next."""

    due_at = models.DateTimeField("时限", null=True, blank=True)
    rung = models.PositiveSmallIntegerField(default=0, db_default=0)
    speaks_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class Question(Clock):
    """The question that waits for the other end's word; gone when that is said, or when the referral ends."""

    referral = models.OneToOneField("referral.Referral", on_delete=models.PROTECT, related_name="question")
    asked_by = models.CharField(max_length=8, choices=Side.choices())
    asked_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["speaks_at"], condition=Q(speaks_at__isnull=False), name="referral_question_speaks")]

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return f"{self.referral_id}:{self.asked_by}"
