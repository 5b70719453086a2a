"""Encounters: append-only versions, and the current row that is the last of them."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q

from yilianti.kernel.crypto.encryption import EncryptedJSONField
from yilianti.kernel.models import protected
from yilianti.record.encounters.terms import Change, Kind, State


class EncounterQuerySet(models.QuerySet["Encounter"]):
    def before(self, key: tuple[datetime, int] | None) -> EncounterQuerySet:
        """Newest first, from below (moment, id)."""
        ordered = self.order_by("-opened_at", "-id")
        if key is None:
            return ordered
        moment, last_id = key
        return ordered.filter(Q(opened_at__lt=moment) | Q(opened_at=moment, id__lt=last_id), opened_at__lte=moment)


class Encounter(models.Model):
    """The current state of one visit or stay. `visit_number` is the sender's own (PV1-19), once per institution;
    `changed_at` is the moment of the newest change as it happened, against which late messages are known."""

    number = models.CharField("就诊编号", max_length=24, unique=True)
    resident = models.ForeignKey("residents.Resident", on_delete=models.PROTECT, related_name="encounters")
    institution = models.ForeignKey("institutions.Institution", on_delete=models.PROTECT, related_name="encounters")
    visit_number = models.CharField("院内就诊号", max_length=64)
    kind = models.CharField(max_length=12, choices=Kind.choices())
    state = models.CharField(max_length=12, choices=State.choices())
    department = models.CharField("科室", max_length=64, blank=True)
    ward = models.CharField("病区", max_length=64, blank=True)
    bed = models.CharField("床号", max_length=32, blank=True)
    doctor = models.CharField("接诊医生", max_length=64, blank=True)
    reason = models.CharField("就诊原因", max_length=200, blank=True)
    diagnoses = models.JSONField(default=list)
    details = EncryptedJSONField(default=dict)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField("离院方式", max_length=48, blank=True)
    changed_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = EncounterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "visit_number"], name="one_encounter_per_visit_number"),
            models.CheckConstraint(name="closed_encounter_has_moment", condition=Q(state="closed", closed_at__isnull=False) | ~Q(state="closed")),
        ]
        indexes = [models.Index(fields=["resident", "-opened_at", "-id"]), models.Index(fields=["institution", "-opened_at"]),
                   models.Index(fields=["institution"], condition=Q(kind="inpatient", state="open"), name="encounters_in_house")]  # fmt: skip

    class Privacy:
        personal = {"diagnoses": "diagnoses", "reason": "reason of the visit", "details": "other content the sender gave"}

    def __str__(self) -> str:
        return self.number


class EncounterVersion(models.Model):
    """What was known after each change; `content` is the whole row then, `source` e.g. `hl7v2:123`."""

    append_only = True

    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()
    change = models.CharField(max_length=12, choices=Change.choices())
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    source = models.CharField(max_length=64, blank=True)
    content = EncryptedJSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["encounter", "version"], name="encounter_version_once")]
        triggers = protected("encounter_version_append_only")

    class Privacy:
        personal = {"content": "the same as the encounter"}

    def __str__(self) -> str:
        return f"{self.encounter_id} v{self.version}"
