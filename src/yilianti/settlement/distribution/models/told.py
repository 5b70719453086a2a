"""What somebody told of members for a year, and what members did for one another: further lines, never edits."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from yilianti.kernel.crypto.encryption import EncryptedBytesField
from yilianti.kernel.models import protected
from yilianti.settlement.distribution.terms import Told, WorkKind


class MemberFact(models.Model):
    """One fact of a member (none: of the consortium) for a year, as text in the engine's spelling; the latest line stands."""

    append_only = True

    consortium = models.ForeignKey("institutions.Consortium", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField("年度")
    institution = models.ForeignKey("institutions.Institution", null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField("内容", max_length=12, choices=Told.choices())
    value = models.CharField("数值", max_length=24)
    document = models.CharField("依据", max_length=120)
    file_name = models.CharField(max_length=80, blank=True)
    file = EncryptedBytesField(null=True)
    told_by = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    told_by_name = models.CharField(max_length=64)
    told_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["consortium", "year", "name", "institution", "-id"], name="member_fact_latest")]
        triggers = protected("member_fact_append_only")

    class Privacy:
        personal = {"told_by_name": "who told it", "file": "may name staff", "file_name": "may name staff"}

    def __str__(self) -> str:
        return f"{self.year} {self.name} {self.institution_id}"


class Work(models.Model):
    """Work of a year: `giver` did it, for `receiver` where it was for another member. `source` names the journal entry or the line of a file it came from, once."""

    append_only = True

    consortium = models.ForeignKey("institutions.Consortium", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("类别", max_length=12, choices=WorkKind.choices())
    giver = models.ForeignKey("institutions.Institution", on_delete=models.PROTECT, related_name="+")
    receiver = models.ForeignKey("institutions.Institution", null=True, on_delete=models.PROTECT, related_name="+")
    item = models.CharField("项目", max_length=40, blank=True)
    count = models.IntegerField("次数", default=0)
    fen = models.BigIntegerField("金额", default=0)
    done_on = models.DateField("日期")
    document = models.CharField("依据", max_length=120, blank=True)
    source = models.CharField(max_length=96, blank=True)
    corrects = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrected_by")
    told_by = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    told_by_name = models.CharField(max_length=64)
    told_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["consortium", "source"], condition=~Q(source=""), name="work_once_by_source"),
            models.CheckConstraint(name="work_between_two", condition=Q(receiver__isnull=True) | ~Q(receiver=F("giver"))),
            models.CheckConstraint(name="work_not_negative_but_a_correction", condition=Q(corrects__isnull=False) | Q(count__gte=0, fen__gte=0)),
        ]
        indexes = [models.Index(fields=["consortium", "done_on", "kind"])]
        triggers = protected("work_append_only")

    class Privacy:
        personal = {"told_by_name": "who told it"}

    def __str__(self) -> str:
        return f"{self.kind} {self.giver_id} {self.done_on}"
