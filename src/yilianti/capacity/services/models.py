"""Services, capabilities, travel times."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from yilianti.capacity.services.terms import CapabilityKind, GreenChannel, ServiceKind


def _words(label: str, size: int) -> ArrayField:
    return ArrayField(models.CharField(max_length=size), verbose_name=label, default=list, blank=True)


class HealthcareService(models.Model):
    """What a department of an institution offers [FHIR HealthcareService]."""

    institution = models.ForeignKey("institutions.Institution", on_delete=models.PROTECT, related_name="services")
    department = models.ForeignKey("institutions.Department", null=True, blank=True, on_delete=models.PROTECT, related_name="services")
    name = models.CharField("服务", max_length=64)
    kinds = ArrayField(models.CharField(max_length=16, choices=ServiceKind.choices()), verbose_name="类别")
    symptoms = _words("症状", 16)
    diagnosis_prefixes = _words("诊断编码", 12)
    practitioners = models.ManyToManyField("people.Person", verbose_name="医生", blank=True, related_name="services")
    specialty = models.CharField("医生特长", max_length=200, blank=True)
    channels = ArrayField(models.CharField(max_length=12, choices=GreenChannel.choices()), verbose_name="绿色通道", default=list, blank=True)
    preparation = models.TextField("就诊须知", blank=True)
    place = models.CharField("报到地点", max_length=80, blank=True)
    phone = models.CharField("电话", max_length=32, blank=True)
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "department", "name"], condition=Q(until_on__isnull=True), nulls_distinct=False,
                                    name="one_service_of_a_name", violation_error_message="该科室已有同名服务。"),
            models.CheckConstraint(name="service_has_a_kind", condition=~Q(kinds=[])),
            models.CheckConstraint(name="service_ends_after_start", condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on"))),
        ]  # fmt: skip
        indexes = [models.Index(fields=["institution"], condition=Q(until_on__isnull=True), name="services_in_force")]

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return self.name


class Capability(models.Model):
    """A technique, a machine or a licensed subject of an institution, in time."""

    institution = models.ForeignKey("institutions.Institution", on_delete=models.PROTECT, related_name="capabilities")
    kind = models.CharField("类别", max_length=12, choices=CapabilityKind.choices())
    code = models.CharField("代码", max_length=32)
    name = models.CharField("名称", max_length=64)
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "kind", "code"], condition=Q(until_on__isnull=True), name="one_open_capability"),
            models.CheckConstraint(name="capability_ends_after_start", condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on"))),
        ]

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return self.name


class Travel(models.Model):
    """How long it takes from one institution to another, as somebody entered it."""

    from_institution = models.ForeignKey("institutions.Institution", on_delete=models.PROTECT, related_name="+")
    to_institution = models.ForeignKey("institutions.Institution", on_delete=models.PROTECT, related_name="+")
    minutes = models.PositiveIntegerField("分钟")
    km = models.DecimalField("公里", max_digits=6, decimal_places=1, null=True, blank=True)
    noted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["from_institution", "to_institution"], name="one_travel_per_way"),
            models.CheckConstraint(name="travel_leads_elsewhere", condition=~Q(from_institution=F("to_institution"))),
            models.CheckConstraint(name="travel_takes_time", condition=Q(minutes__gte=1, minutes__lte=2880)),
        ]

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return f"{self.from_institution_id} → {self.to_institution_id}"
