"""Emergency access to a record, seals on sensitive items, and what residents ask for."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q

from yilianti.registry.privacy.terms import Asker, EmergencyReason, EmergencyState, RequestKind, RequestState, Source


class EmergencyAccess(models.Model):
    """One person opened one resident's whole record for a while, and why; somebody else reviews it."""

    number = models.CharField("编号", max_length=24, unique=True)
    resident = models.ForeignKey("residents.Resident", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    institution = models.ForeignKey("institutions.Institution", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=12, choices=EmergencyReason.choices())
    words = models.CharField("说明", max_length=200)
    state = models.CharField(max_length=12, choices=EmergencyState.choices(), default=EmergencyState.OPENED.value)
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    review_due_on = models.DateField()
    reviewed_by = models.ForeignKey("people.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    verdict = models.CharField(max_length=200, blank=True)
    policy_ref = models.CharField(max_length=160)

    class Meta:
        indexes = [
            models.Index(fields=["person", "-opened_at"]), models.Index(fields=["resident", "-opened_at"]),
            models.Index(fields=["institution", "state", "-id"]),
        ]  # fmt: skip
        constraints = [
            models.UniqueConstraint(fields=["resident", "person"], condition=Q(state="opened"), name="one_open_emergency"),
            models.CheckConstraint(name="emergency_ends_after_start", condition=Q(expires_at__gt=F("opened_at"))),
            models.CheckConstraint(name="emergency_ended_has_moment", condition=Q(state="opened", ended_at__isnull=True) | (~Q(state="opened") & Q(ended_at__isnull=False))),
            models.CheckConstraint(name="emergency_review_who_and_when", condition=Q(reviewed_by__isnull=True, reviewed_at__isnull=True)
                                   | Q(reviewed_by__isnull=False, reviewed_at__isnull=False)),
            models.CheckConstraint(name="emergency_reviewed_by_another", condition=Q(reviewed_by__isnull=True) | ~Q(reviewed_by=F("person"))),
        ]  # fmt: skip

    class Privacy:
        personal = {"words": "why the record was opened; may tell of the patient's state", "verdict": "the reviewer's words"}

    def __str__(self) -> str:
        return self.number


class SealQuerySet(models.QuerySet["Seal"]):
    def standing(self) -> SealQuerySet:
        return self.filter(lifted_at__isnull=True)


class Seal(models.Model):
    """One item of the record belongs to a sensitive category. `item` is its id in its own room."""

    source = models.CharField(max_length=12, choices=Source.choices())
    item = models.BigIntegerField()
    number = models.CharField(max_length=24)
    category = models.CharField(max_length=24)
    resident = models.ForeignKey("residents.Resident", on_delete=models.PROTECT, related_name="+")
    institution = models.ForeignKey("institutions.Institution", on_delete=models.PROTECT, related_name="+")
    policy_ref = models.CharField(max_length=160, blank=True)
    sealed_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.BigIntegerField(null=True, blank=True)
    because = models.CharField(max_length=120, blank=True)

    objects = SealQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "item", "category"], condition=Q(lifted_at__isnull=True), name="one_standing_seal"),
            models.CheckConstraint(name="seal_lifted_with_reason", condition=Q(lifted_at__isnull=True) | ~Q(because="")),
        ]
        indexes = [models.Index(fields=["resident", "-id"])]

    class Privacy:
        personal = {"category": "that an item concerns a sensitive illness"}

    def __str__(self) -> str:
        return f"{self.source} {self.number} {self.category}"


class SubjectRequest(models.Model):
    """What a resident asked for about their own data, until when it must be answered, and the answer."""

    number = models.CharField("请求编号", max_length=24, unique=True)
    resident = models.ForeignKey("residents.Resident", on_delete=models.PROTECT, related_name="+")
    institution = models.ForeignKey("institutions.Institution", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=RequestKind.choices())
    asker = models.CharField(max_length=8, choices=Asker.choices())
    identity_seen = models.CharField("核验的证件", max_length=60)
    words = models.CharField("请求内容", max_length=400, blank=True)
    state = models.CharField(max_length=12, choices=RequestState.choices(), default=RequestState.RECEIVED.value)
    received_at = models.DateTimeField()
    received_by = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    decided_by = models.ForeignKey("people.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    grounds = models.CharField("依据与说明", max_length=400, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField("答复方式", max_length=200, blank=True)
    policy_ref = models.CharField(max_length=160)

    class Meta:
        indexes = [models.Index(fields=["institution", "state", "due_on"]), models.Index(fields=["resident", "-id"])]
        constraints = [
            models.UniqueConstraint(fields=["resident", "kind"], condition=Q(state__in=["received", "granted"]), name="one_open_request_per_kind"),
            models.CheckConstraint(name="refusal_has_grounds", condition=~Q(state="refused") | ~Q(grounds="")),
            models.CheckConstraint(name="request_answered_has_moment", condition=Q(state="answered", answered_at__isnull=False) | (~Q(state="answered") & Q(answered_at__isnull=True))),
        ]  # fmt: skip

    class Privacy:
        personal = {"words": "what the resident asks", "identity_seen": "which document proved the identity, no number", "grounds": "the decision in words"}

    def __str__(self) -> str:
        return self.number


def still_open(at: datetime) -> Q:
    """Condition on EmergencyAccess: opened, and its time not yet over."""
    return Q(state=EmergencyState.OPENED.value, expires_at__gt=at)
