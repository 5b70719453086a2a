"""Appointments: the current row, and its append-only versions."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from yilianti.capacity.schedules.terms import State
from yilianti.kernel.models import protected


class Appointment(models.Model):
    """One appointment, as the institution that keeps the book knows it by its filler number."""

    number = models.CharField("预约编号", max_length=24, unique=True)
    resident = models.ForeignKey("residents.Resident", on_delete=models.PROTECT, related_name="appointments")
    institution = models.ForeignKey("institutions.Institution", on_delete=models.PROTECT, related_name="+")
    filler_number = models.CharField("院内预约号", max_length=96)
    placer_number = models.CharField("申请方编号", max_length=96, blank=True)
    state = models.CharField(max_length=12, choices=State.choices(), default=State.BOOKED.value)
    starts_at = models.DateTimeField("开始")
    ends_at = models.DateTimeField("结束", null=True, blank=True)
    department = models.CharField("科室", max_length=64, blank=True)
    practitioner = models.CharField("医生", max_length=64, blank=True)
    service = models.CharField("项目", max_length=120, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "filler_number"], name="one_appointment_per_filler_number"),
            models.CheckConstraint(name="appointment_ends_after_start", condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at"))),
        ]
        indexes = [models.Index(fields=["resident", "-starts_at"]), models.Index(fields=["institution", "state", "starts_at"])]

    class Privacy:
        personal = {"service": "what the visit is for", "note": "words of the message"}

    def __str__(self) -> str:
        return self.number


class AppointmentVersion(models.Model):
    """What was known after each change; `source` e.g. `hl7v2:123`."""

    append_only = True

    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()
    change = models.CharField(max_length=32)
    recorded_at = models.DateTimeField()
    source = models.CharField(max_length=64, blank=True)
    content = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["appointment", "version"], name="appointment_version_once")]
        triggers = protected("appointment_version_append_only")

    class Privacy:
        personal = {"content": "the same as the appointment"}

    def __str__(self) -> str:
        return f"{self.appointment_id} v{self.version}"
