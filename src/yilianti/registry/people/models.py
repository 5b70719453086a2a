"""Staff: identity, licences, and posts, which say where they may act and since when."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from yilianti.registry.people.terms import LicenceKind, Title


class Person(models.Model):
    """A member of staff of any member institution."""

    number = models.CharField("工号", max_length=32, unique=True)
    name = models.CharField("姓名", max_length=48)
    phone = models.CharField("电话", max_length=24, blank=True)
    title = models.CharField("职称", max_length=24, choices=Title.choices())
    is_active = models.BooleanField(default=True)
    leaves_on = models.DateField("离职日期", null=True, blank=True)
    successor = models.ForeignKey("self", verbose_name="接手人", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["leaves_on"], condition=Q(is_active=True, leaves_on__isnull=False), name="person_leaving")]
        constraints = [models.CheckConstraint(name="nobody_succeeds_themselves", condition=~Q(successor=F("id")))]

    class Privacy:
        personal = {"name": "staff name", "phone": "work telephone"}

    def __str__(self) -> str:
        return self.name


class Licence(models.Model):
    """A licence to practise, with its number, scope and dates."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="licences")
    kind = models.CharField(max_length=24, choices=LicenceKind.choices())
    number = models.CharField(max_length=48)
    scope = models.CharField("执业范围", max_length=64, blank=True)
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "number"], name="licence_number_once")]

    class Privacy:
        personal = {"number": "licence number"}

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class PostQuerySet(models.QuerySet["Post"]):
    def held_on(self, day: object) -> PostQuerySet:
        """Posts in force on a day (half-open)."""
        return self.filter(Q(from_on__lte=day), Q(until_on__isnull=True) | Q(until_on__gt=day))


class Post(models.Model):
    """A person's post in an institution, in time; roles are granted to posts."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="posts")
    institution = models.ForeignKey("institutions.Institution", on_delete=models.PROTECT, related_name="posts")
    department = models.ForeignKey("institutions.Department", null=True, blank=True, on_delete=models.PROTECT, related_name="posts")
    name = models.CharField("岗位", max_length=48)
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(name="post_ends_after_start", condition=Q(until_on__isnull=True) | Q(until_on__gt=F("from_on")))]

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return f"{self.person} · {self.name}"
