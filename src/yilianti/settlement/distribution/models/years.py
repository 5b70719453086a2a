"""The settlement of a year, its runs with what went in, and the steps each left."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from yilianti.kernel.models import protected
from yilianti.settlement.budget.api import Fund
from yilianti.settlement.distribution.terms import State


def person(**more: Any) -> models.ForeignKey[Any, Any]:
    return models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+", **more)


class Settlement(models.Model):
    """The settlement of one fund of one consortium for one year; `version` counts its steps."""

    number = models.CharField("清算编号", max_length=24, unique=True)
    consortium = models.ForeignKey("institutions.Consortium", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField("年度")
    fund = models.CharField("基金", max_length=16, choices=Fund.choices())
    package = models.ForeignKey("budget.Package", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=State.choices(), default=State.BEGUN.value)
    version = models.PositiveIntegerField(default=1)
    begun_at = models.DateTimeField()
    prepared_at = models.DateTimeField(null=True)
    prepared_by = person()
    approved_at = models.DateTimeField(null=True)
    approved_by = person()
    resolution = models.CharField("批准的决议", max_length=120, blank=True)
    posted_at = models.DateTimeField(null=True)
    voucher = models.CharField("拨付凭证", max_length=120, blank=True)
    locked_at = models.DateTimeField(null=True)
    #: the last day on which finance reminded those who have not confirmed
    reminded_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["consortium", "year", "fund"], condition=~Q(state="withdrawn"), name="one_settlement_a_year"),
            models.CheckConstraint(name="settlement_approved_has_whom", condition=~Q(state__in=("approved", "posted", "locked")) | Q(approved_at__isnull=False)),
            models.CheckConstraint(name="settlement_posted_has_voucher", condition=~Q(state__in=("posted", "locked")) | (Q(posted_at__isnull=False) & ~Q(voucher=""))),
            models.CheckConstraint(name="settlement_locked_has_when", condition=~Q(state="locked") | Q(locked_at__isnull=False)),
        ]
        indexes = [models.Index(fields=["-year", "-id"])]

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return self.number


class Run(models.Model):
    """One reckoning with what went in, frozen: inputs and scheme as the engine reads them."""

    append_only = True

    settlement = models.ForeignKey(Settlement, on_delete=models.PROTECT, related_name="runs")
    turn = models.PositiveIntegerField("第几次")
    because = models.CharField("原因", max_length=200, blank=True)
    inputs = models.JSONField()
    scheme = models.JSONField()
    begun_at = models.DateTimeField()
    begun_by = person()
    begun_by_name = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["settlement", "turn"], name="run_once")]
        triggers = protected("run_append_only")

    class Privacy:
        personal = {"begun_by_name": "who reckoned"}

    def __str__(self) -> str:
        return f"{self.settlement_id} #{self.turn}"


class RunStep(models.Model):
    """What one named step left: its canonical text, never touched again."""

    append_only = True

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="steps")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=24)
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "position"], name="run_step_once"), models.UniqueConstraint(fields=["run", "name"], name="run_step_name_once")]
        triggers = protected("run_step_append_only")

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return f"{self.run_id} {self.name}"
