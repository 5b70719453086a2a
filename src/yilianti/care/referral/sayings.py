"""What is said and noted beside the steps of a referral: it moves nothing."""

from __future__ import annotations

from django.db import models

from yilianti.care.referral.terms import Milestone, Utterance
from yilianti.kernel.models import protected


class Message(models.Model):
    """What one end says to the other about a referral; it moves nothing."""

    append_only = True

    referral = models.ForeignKey("referral.Referral", on_delete=models.PROTECT, related_name="messages")
    kind = models.CharField(max_length=12, choices=Utterance.choices())
    text = models.TextField()
    said_by = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    institution = models.ForeignKey("institutions.Institution", on_delete=models.PROTECT, related_name="+")
    said_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["referral", "id"])]
        triggers = protected("referral_message_append_only")

    class Privacy:
        personal = {"text": "clinical conversation"}

    def __str__(self) -> str:
        return f"{self.referral_id}:{self.id}"


class MilestoneNoted(models.Model):
    """When something of a green channel took place; a later note of the same milestone is its correction."""

    append_only = True

    referral = models.ForeignKey("referral.Referral", on_delete=models.PROTECT, related_name="milestones")
    milestone = models.CharField(max_length=20, choices=Milestone.choices())
    took_place_at = models.DateTimeField()
    note = models.CharField(max_length=200, blank=True)
    noted_by = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["referral", "milestone", "-id"])]
        triggers = protected("referral_milestone_append_only")

    class Privacy:
        personal = {"note": "words about an emergency"}

    def __str__(self) -> str:
        return f"{self.referral_id}:{self.milestone}"
