"""Residents: one person, many identifiers. Merged residents point at the one who stands for them."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from yilianti.registry.residents.terms import IdentifierSystem, Sex


class Resident(models.Model):
    """A person known to the consortium. `name_grams` holds 1- and 2-character pieces of the name and its initials."""

    number = models.CharField("居民编号", max_length=24, unique=True)
    name = models.CharField("姓名", max_length=96)
    sex = models.CharField("性别", max_length=1, choices=Sex.choices(), default=Sex.UNKNOWN.value)
    born_on = models.DateField("出生日期", null=True, blank=True)
    phone = models.CharField("电话", max_length=32, blank=True)
    address = models.CharField("住址", max_length=160, blank=True)
    home = models.ForeignKey("institutions.Institution", verbose_name="建档机构", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    died_at = models.DateTimeField(null=True, blank=True)
    name_grams = ArrayField(models.CharField(max_length=16), default=list)
    name_key = models.CharField(max_length=96, db_default="")
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            GinIndex(fields=["name_grams"], name="resident_name_grams"),
            models.Index(fields=["name_key", "id"]),
            models.Index(fields=["home", "id"]),
            models.Index(fields=["phone"], condition=~Q(phone=""), name="resident_phone"),
        ]
        constraints = [models.CheckConstraint(name="not_merged_into_self", condition=~Q(merged_into=F("id")))]

    class Privacy:
        personal = {"name": "name", "born_on": "birth date", "phone": "telephone", "address": "address", "sex": "sex",
                    "name_grams": "search pieces of the name (recorded exception to encryption at rest)", "name_key": "sort key of the name"}

    def __str__(self) -> str:
        return self.number


class Identifier(models.Model):
    """A number by which a resident is known; `issuer` is 0 for systems that hold everywhere."""

    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="identifiers")
    system = models.CharField(max_length=16, choices=IdentifierSystem.choices())
    issuer = models.BigIntegerField(default=0)
    value = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["system", "issuer", "value"], name="identifier_means_one_resident")]
        indexes = [models.Index(fields=["value"])]

    class Privacy:
        personal = {"value": "identity, insurance, health-card or local number"}

    def __str__(self) -> str:
        return f"{self.system}#{self.id}"


class DuplicateSuspicion(models.Model):
    """Two residents that may be one: found by conflicting identifiers; a person decides."""

    first = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="+")
    because = models.CharField(max_length=200)
    found_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.BigIntegerField(null=True, blank=True)
    decision = models.CharField(max_length=12, blank=True, choices=[("merged", "合并"), ("different", "不是同一人")])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], condition=Q(decided_at__isnull=True), name="one_open_suspicion"),
            models.CheckConstraint(name="suspicion_decided_whole", condition=Q(decided_at__isnull=True, decision="") | (Q(decided_at__isnull=False) & ~Q(decision=""))),
        ]

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return f"{self.first_id}?{self.second_id}"
