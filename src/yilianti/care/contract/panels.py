"""Teams and their members in time, and the groups people belong to."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from yilianti.care.contract.terms import MemberPost
from yilianti.kernel.crypto.encryption import EncryptedTextField

_PERSON, _PLACE, _RESIDENT = "people.Person", "institutions.Institution", "residents.Resident"


class Team(models.Model):
    """A family-doctor team of an institution; `agreed_limit` is its own limit where it is below that of the place."""

    number = models.CharField("团队编号", max_length=24, unique=True)
    name = models.CharField("团队名称", max_length=60)
    institution = models.ForeignKey(_PLACE, on_delete=models.PROTECT, related_name="teams")
    phone = models.CharField("联系电话", max_length=32, blank=True)
    agreed_limit = models.PositiveIntegerField("签约上限", null=True, blank=True)
    founded_on = models.DateField("成立日期")
    closed_on = models.DateField("撤销日期", null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "name"], condition=Q(closed_on__isnull=True), name="team_name_once"),
            models.CheckConstraint(name="team_closed_after_founded", condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("founded_on"))),
        ]

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return self.number


class Member(models.Model):
    """Who served in a team, as what, from when until when."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="members")
    person = models.ForeignKey(_PERSON, on_delete=models.PROTECT, related_name="+")
    post = models.CharField("分工", max_length=16, choices=MemberPost.choices())
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team", "person"], condition=Q(until_on__isnull=True), name="member_once"),
            models.UniqueConstraint(fields=["team"], condition=Q(until_on__isnull=True, post="leader"), name="one_leader"),
            models.CheckConstraint(name="member_until_after_from", condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on"))),
        ]

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return f"{self.team_id}:{self.person_id}"


class TaggingQuerySet(models.QuerySet["Tagging"]):
    def on(self, day: object) -> TaggingQuerySet:
        """Groups held on a day (half-open)."""
        return self.filter(Q(from_on__lte=day), Q(until_on__isnull=True) | Q(until_on__gt=day))


class Tagging(models.Model):
    """Somebody belongs to a group, since when and on what evidence: noted by hand, or told by a record of another room."""

    resident = models.ForeignKey(_RESIDENT, on_delete=models.PROTECT, related_name="contract_tags")
    tag = models.CharField("人群", max_length=24)
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)
    source = models.CharField("来源", max_length=12)
    record = models.CharField("记录编号", max_length=40, blank=True)
    evidence = EncryptedTextField("依据", max_length=200, blank=True)
    noted_by = models.ForeignKey(_PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()

    objects = TaggingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["resident", "tag"], condition=Q(until_on__isnull=True), name="tag_once"),
            models.CheckConstraint(name="tag_until_after_from", condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on"))),
        ]
        indexes = [models.Index(fields=["tag", "from_on"])]

    class Privacy:
        personal = {"tag": "a disease or a need of the person", "evidence": "why we know"}
        readable = {"tag": "counted and filtered by in lists of many"}

    def __str__(self) -> str:
        return f"{self.resident_id} {self.tag}"
