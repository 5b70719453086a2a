"""Rosters: who has which duty on which weekday or day, and in which order the people of a member are told."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yilianti.capacity.rosters.terms import HOLIDAY, Duty, Service


class Roster(models.Model):
    """The roster of one service at the institution that hosts it; held while it is changed."""

    institution = models.ForeignKey("institutions.Institution", on_delete=models.PROTECT, related_name="rosters")
    service = models.CharField(max_length=24, choices=Service.choices())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["institution", "service"], name="one_roster_per_service")]

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return f"{self.institution_id} {self.service}"


class Shift(models.Model):
    """One person's duty: each week on a weekday (the template), or on one day."""

    roster = models.ForeignKey(Roster, on_delete=models.PROTECT, related_name="shifts")
    weekday = models.PositiveSmallIntegerField(null=True)
    day = models.DateField(null=True)
    duty = models.CharField(max_length=12, choices=Duty.choices())
    starts = models.TimeField()
    ends = models.TimeField()
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(name="shift_of_weekday_or_day", condition=Q(weekday__isnull=True, day__isnull=False) | Q(weekday__range=(1, HOLIDAY), day__isnull=True)),
            models.UniqueConstraint(fields=["roster", "weekday", "duty", "starts", "person"], condition=Q(weekday__isnull=False), name="weekly_shift_once"),
            models.UniqueConstraint(fields=["roster", "day", "duty", "starts", "person"], condition=Q(day__isnull=False), name="shift_once"),
        ]

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return f"{self.day or self.weekday} {self.duty}"


class OwnDay(models.Model):
    """A day planned by itself: the template does not speak of it, whatever is left."""

    roster = models.ForeignKey(Roster, on_delete=models.PROTECT, related_name="own_days")
    day = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["roster", "day"], name="own_day_once")]

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return str(self.day)


class Turn(models.Model):
    """One person's place in the order in which a member's people are told."""

    institution = models.ForeignKey("institutions.Institution", on_delete=models.PROTECT, related_name="turns")
    place = models.PositiveSmallIntegerField()
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "place"], name="one_person_per_turn"),
            models.UniqueConstraint(fields=["institution", "person"], name="one_turn_per_person"),
        ]

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return f"{self.institution_id} {self.place}"
