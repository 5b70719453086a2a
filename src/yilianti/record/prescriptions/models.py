"""Prescriptions and allergies: a current row each, and append-only versions of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yilianti.kernel.models import protected
from yilianti.record.prescriptions.terms import AllergyKind, Severity, Standing, State


class Prescription(models.Model):
    """One medicine ordered, as the sender's system knows it by its order number."""

    number = models.CharField("用药编号", max_length=24, unique=True)
    resident = models.ForeignKey("residents.Resident", on_delete=models.PROTECT, related_name="prescriptions")
    institution = models.ForeignKey("institutions.Institution", on_delete=models.PROTECT, related_name="+")
    encounter = models.ForeignKey("encounters.Encounter", null=True, blank=True, on_delete=models.PROTECT, related_name="prescriptions")
    order_number = models.CharField("医嘱号", max_length=96)
    state = models.CharField(max_length=12, choices=State.choices(), default=State.ACTIVE.value)
    drug = models.CharField("药品", max_length=200)
    code = models.CharField(max_length=64, blank=True)
    system = models.CharField(max_length=32, blank=True)
    dose = models.CharField("剂量", max_length=64, blank=True)
    route = models.CharField("途径", max_length=64, blank=True)
    frequency = models.CharField("频次", max_length=64, blank=True)
    days = models.CharField("疗程", max_length=32, blank=True)
    instructions = models.CharField("用法说明", max_length=400, blank=True)
    prescriber = models.CharField("开具医生", max_length=64, blank=True)
    ordered_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["institution", "order_number"], name="one_prescription_per_order")]
        indexes = [models.Index(fields=["resident", "-ordered_at", "-id"])]

    class Privacy:
        personal = {"drug": "medicine", "code": "medicine", "instructions": "how to take it"}

    def __str__(self) -> str:
        return self.number


class PrescriptionVersion(models.Model):
    """What was known after each change; `source` e.g. `hl7v2:123`."""

    append_only = True

    prescription = models.ForeignKey(Prescription, on_delete=models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()
    recorded_at = models.DateTimeField()
    source = models.CharField(max_length=64, blank=True)
    content = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["prescription", "version"], name="prescription_version_once")]
        triggers = protected("prescription_version_append_only")

    class Privacy:
        personal = {"content": "the same as the prescription"}

    def __str__(self) -> str:
        return f"{self.prescription_id} v{self.version}"


class Allergy(models.Model):
    """What a person does not tolerate, or (kind NONE) that nothing is known after asking."""

    number = models.CharField("过敏编号", max_length=24, unique=True)
    resident = models.ForeignKey("residents.Resident", on_delete=models.PROTECT, related_name="allergies")
    institution = models.ForeignKey("institutions.Institution", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("类别", max_length=12, choices=AllergyKind.choices())
    substance = models.CharField("过敏原", max_length=120, blank=True)
    code = models.CharField(max_length=64, blank=True)
    severity = models.CharField("程度", max_length=12, choices=Severity.choices(), default=Severity.UNKNOWN.value)
    reaction = models.CharField("反应", max_length=200, blank=True)
    noticed = models.CharField("发现时间", max_length=32, blank=True)
    standing = models.CharField(max_length=12, choices=Standing.choices(), default=Standing.OPEN.value)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=64)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_because = models.CharField(max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["resident", "kind", "substance"], condition=Q(standing="open"), name="one_open_allergy_per_substance"),
            models.CheckConstraint(name="no_known_allergy_names_none", condition=Q(kind="none", substance="") | (~Q(kind="none") & ~Q(substance=""))),
            models.CheckConstraint(name="closed_allergy_says_why", condition=Q(standing="open") | ~Q(closed_because="")),
        ]
        indexes = [models.Index(fields=["resident", "standing"])]

    class Privacy:
        personal = {"substance": "what a person does not tolerate", "code": "the same coded", "reaction": "how it shows"}

    def __str__(self) -> str:
        return self.number


class AllergyVersion(models.Model):
    """The whole row after each change, and who changed it."""

    append_only = True

    allergy = models.ForeignKey(Allergy, on_delete=models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()
    at = models.DateTimeField()
    by = models.CharField(max_length=64)
    source = models.CharField(max_length=64, blank=True)
    content = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["allergy", "version"], name="allergy_version_once")]
        triggers = protected("allergy_version_append_only")

    class Privacy:
        personal = {"content": "the same as the allergy", "by": "staff name, shown in the history"}

    def __str__(self) -> str:
        return f"{self.allergy_id} v{self.version}"
