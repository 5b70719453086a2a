"""Institutions as a tree, their departments, the codes machines know them by, and consortia they belong to."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yilianti.registry.institutions.terms import (
    CentreKind,
    ConsortiumModel,
    Kind,
    Level,
    MemberRole,
    Standing,
    Tightness,
)


class InstitutionQuerySet(models.QuerySet["Institution"]):
    def active(self) -> InstitutionQuerySet:
        return self.filter(standing=Standing.ACTIVE.value)

    def branch(self, root: Institution) -> InstitutionQuerySet:
        """`root` and everything below it."""
        return self.filter(path__startswith=root.path)


class Institution(models.Model):
    """One registered place. `path` is the chain of ids from the root, such as `/1/5/9/`."""

    code = models.CharField("机构代码", max_length=32, unique=True)
    name = models.CharField("机构名称", max_length=96)
    short_name = models.CharField("简称", max_length=32)
    kind = models.CharField("类别", max_length=24, choices=Kind.choices())
    level = models.CharField("层级", max_length=12, choices=Level.choices())
    parent = models.ForeignKey("self", verbose_name="上级机构", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    path = models.CharField(max_length=200, db_default="", editable=False)
    region = models.CharField("行政区划代码", max_length=12, blank=True)
    address = models.CharField("地址", max_length=120, blank=True)
    phone = models.CharField("电话", max_length=32, blank=True)
    latitude = models.DecimalField("纬度", max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField("经度", max_digits=9, decimal_places=6, null=True, blank=True)
    standing = models.CharField(max_length=12, choices=Standing.choices(), default=Standing.ACTIVE.value)
    connected = models.BooleanField("在平台上办理", default=True)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    objects = InstitutionQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["path"], opclasses=["varchar_pattern_ops"], name="institution_branch")]
        constraints = [
            models.CheckConstraint(
                name="merged_institution_names_target",
                condition=Q(standing="merged", merged_into__isnull=False) | (~Q(standing="merged") & Q(merged_into__isnull=True)),
            ),
            models.CheckConstraint(
                name="coordinates_are_a_pair_on_the_globe",
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__isnull=False, longitude__isnull=False, latitude__gte=-90, latitude__lte=90, longitude__gte=-180, longitude__lte=180),  # a comparison with nothing would let half a pair through
            ),
        ]

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return self.short_name


class FacilityCode(models.Model):
    """How a machine door names an institution (`system` "hl7v2" for MSH-4)."""

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="facility_codes")
    system = models.CharField(max_length=16)
    value = models.CharField(max_length=128)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["system", "value"], name="facility_code_once")]

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return f"{self.system}:{self.value}"


class Department(models.Model):
    """A department of an institution."""

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="departments")
    code = models.CharField(max_length=32)
    name = models.CharField(max_length=48)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["institution", "code"], name="department_code_once")]
        ordering = ["institution", "code"]

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return self.name


class Consortium(models.Model):
    """A consortium of one of the four models."""

    code = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=96)
    model = models.CharField(max_length=24, choices=ConsortiumModel.choices())
    region = models.CharField(max_length=12, blank=True)

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """An institution's membership in a consortium, in time."""

    consortium = models.ForeignKey(Consortium, on_delete=models.PROTECT, related_name="memberships")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=12, choices=MemberRole.choices())
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["consortium", "institution"], condition=Q(until_on__isnull=True), name="one_open_membership"),
            models.UniqueConstraint(
                fields=["consortium"], condition=Q(until_on__isnull=True, role="lead"), name="one_lead_per_consortium"
            ),
            models.CheckConstraint(name="membership_ends_after_start", condition=Q(until_on__isnull=True) | Q(until_on__gt=models.F("from_on"))),
        ]

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return f"{self.institution} · {self.consortium}"


class Binding(models.Model):
    """How closely the members of a consortium are bound, in time."""

    consortium = models.ForeignKey(Consortium, on_delete=models.PROTECT, related_name="bindings")
    tightness = models.CharField("紧密程度", max_length=12, choices=Tightness.choices())
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["consortium"], condition=Q(until_on__isnull=True), name="one_open_binding"),
            models.CheckConstraint(name="binding_ends_after_start", condition=Q(until_on__isnull=True) | Q(until_on__gt=models.F("from_on"))),
        ]

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return f"{self.consortium} · {self.tightness}"


class Centre(models.Model):
    """A shared centre of a consortium at the member that hosts it, in time; a branch centre names its main one."""

    consortium = models.ForeignKey(Consortium, on_delete=models.PROTECT, related_name="centres")
    kind = models.CharField("中心", max_length=24, choices=CentreKind.choices())
    host = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="centres")
    main = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="branches")
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["consortium", "kind"], condition=Q(until_on__isnull=True, main__isnull=True), name="one_main_centre_per_kind"),
            models.UniqueConstraint(fields=["consortium", "kind", "host"], condition=Q(until_on__isnull=True), name="one_centre_per_kind_and_host"),
            models.CheckConstraint(name="centre_ends_after_start", condition=Q(until_on__isnull=True) | Q(until_on__gt=models.F("from_on"))),
        ]

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return f"{self.consortium} · {self.kind}"
