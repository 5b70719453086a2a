"""Whom a resident is signed with: a projection of contracts, fed by a handover, for the form and its side panel."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import models
from django.db.models import F, Q


class SignedWith(models.Model):
    """One contract of a resident with a family-doctor team, as far as referral needs it; half-open from `begins_on` to `until_on`."""

    contract = models.CharField("签约编号", max_length=24, unique=True)
    resident = models.ForeignKey("residents.Resident", on_delete=models.PROTECT, related_name="+")
    institution = models.ForeignKey("institutions.Institution", on_delete=models.PROTECT, related_name="+")
    team = models.CharField("团队", max_length=60)
    doctor = models.CharField("家庭医生", max_length=48, blank=True)
    phone = models.CharField("团队电话", max_length=32, blank=True)
    begins_on = models.DateField()
    until_on = models.DateField()
    told_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="signed_with_in_order", condition=Q(until_on__gte=F("begins_on")))]
        indexes = [models.Index(fields=["resident", "-begins_on"])]

    class Privacy:
        personal = {"team": "who cares for the person", "doctor": "who cares for the person"}
        readable = {"team": "the public name of a team", "doctor": "staff name"}

    def __str__(self) -> str:
        return self.contract


def note_signed(*, contract: str, resident: int, institution: int, team: str, doctor: str, phone: str, begins_on: date, until_on: date, at: datetime) -> None:
    """How a contract stands now; told twice it is the same, told late it does not undo what is newer."""
    given = {"resident_id": resident, "institution_id": institution, "team": team, "doctor": doctor, "phone": phone, "begins_on": begins_on, "until_on": max(begins_on, until_on), "told_at": at}
    made, created = SignedWith.objects.get_or_create(contract=contract, defaults=given)
    if not created:
        SignedWith.objects.filter(pk=made.pk, told_at__lte=at).update(**given)


def signed_with(residents: Iterable[int], day: date) -> SignedWith | None:
    """The contract in force on a day, under any of the person's numbers."""
    return SignedWith.objects.select_related("institution").filter(resident__in=list(residents), begins_on__lte=day, until_on__gt=day).order_by("-begins_on").first()
