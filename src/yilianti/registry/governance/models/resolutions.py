"""Resolutions, and the votes on them: one per seat, whatever happens at once."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from yilianti.kernel.models import protected
from yilianti.registry.governance.terms import Ballot, Choice, Majority, Matter, ResolutionState


class Resolution(models.Model):
    """A motion before a meeting; adopted, it has a number, and may put a local edition in force or revoke an earlier one."""

    number = models.CharField("议案编号", max_length=24, unique=True)
    official_number = models.CharField("决议编号", max_length=64, blank=True)
    serial = models.PositiveIntegerField(null=True, blank=True)
    consortium = models.ForeignKey("institutions.Consortium", on_delete=models.PROTECT, related_name="+")
    meeting = models.ForeignKey("governance.Meeting", on_delete=models.PROTECT, related_name="resolutions")
    council = models.ForeignKey("governance.Council", on_delete=models.PROTECT, related_name="resolutions")
    title = models.CharField("标题", max_length=120)
    text = models.TextField("正文", max_length=8000)
    matter = models.CharField("事项", max_length=12, choices=Matter.choices())
    ballot = models.CharField("表决方式", max_length=8, choices=Ballot.choices(), default=Ballot.OPEN.value)
    majority = models.CharField(max_length=12, choices=Majority.choices(), blank=True)
    state = models.CharField(max_length=12, choices=ResolutionState.choices(), default=ResolutionState.PROPOSED.value)
    proposed_by = models.ForeignKey("people.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    voting_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    tally = models.JSONField(default=dict)
    rules_ref = models.CharField(max_length=160, blank=True)
    withdrawn_because = models.CharField(max_length=200, blank=True)
    revokes = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="revoked_by")

    policy_code = models.CharField("所定政策", max_length=96, blank=True)
    effective_from = models.DateField("生效日期", null=True, blank=True)
    values = models.JSONField(default=dict)
    corrects = models.CharField(max_length=160, blank=True)
    base_ref = models.CharField(max_length=160, blank=True)
    policy_ref = models.CharField(max_length=160, blank=True)
    enacted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["consortium", "-proposed_at"]), models.Index(fields=["policy_ref"], condition=~Q(policy_ref=""), name="resolution_by_edition")]
        constraints = [
            models.UniqueConstraint(fields=["consortium", "official_number"], condition=~Q(official_number=""), name="official_number_once"),
            # Two resolutions may not decide the same policy from the same day.
            models.UniqueConstraint(fields=["policy_ref"], condition=Q(state="adopted") & ~Q(policy_ref=""), name="one_resolution_per_edition"),
            models.CheckConstraint(name="adopted_resolution_has_number", condition=~Q(state="adopted") | ~Q(official_number="")),
            models.CheckConstraint(name="decided_resolution_has_moment", condition=~Q(state__in=["adopted", "rejected", "revoked"]) | Q(decided_at__isnull=False)),
            models.CheckConstraint(name="edition_of_resolution_whole", condition=Q(policy_code="", effective_from__isnull=True) | (~Q(policy_code="") & Q(effective_from__isnull=False))),
        ]

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return self.official_number or self.number


class Vote(models.Model):
    """One seat's vote on a resolution, once; in a secret ballot only that it was cast."""

    append_only = True

    resolution = models.ForeignKey(Resolution, on_delete=models.PROTECT, related_name="votes")
    seat = models.ForeignKey("governance.Seat", on_delete=models.PROTECT, related_name="+")
    choice = models.CharField(max_length=8, choices=Choice.choices())
    because = models.CharField("回避原因", max_length=200, blank=True)
    cast_at = models.DateTimeField()
    recorded_by = models.BigIntegerField(null=True, blank=True)

    class Meta:
        triggers = protected()
        constraints = [
            models.UniqueConstraint(fields=["resolution", "seat"], name="one_vote_per_seat"),
            models.CheckConstraint(name="recused_says_why", condition=~Q(choice="recused") | ~Q(because="")),
        ]

    class Privacy:
        personal = {"because": "conflict of interest of a council member"}

    def __str__(self) -> str:
        return f"{self.resolution_id} · {self.seat_id}"


class SecretBallot(models.Model):
    """A paper in the urn: a choice with nothing that leads to who made it, not even an order."""

    append_only = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    resolution = models.ForeignKey(Resolution, on_delete=models.PROTECT, related_name="ballots")
    choice = models.CharField(max_length=8, choices=Choice.choices())

    class Meta:
        triggers = protected()

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return str(self.resolution_id)
