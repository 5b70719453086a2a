"""Appointments as hospitals tell them; sessions, slots and beds that can be reserved here, and the reservations."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from yilianti.capacity.schedules.terms import (
    BedKind,
    ReservationState,
    SessionState,
    State,
    Urgency,
    WaitingState,
)
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
    department_code = models.CharField(max_length=64, blank=True)
    practitioner = models.CharField("医生", max_length=64, blank=True)
    service = models.CharField("项目", max_length=120, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)
    #: the slot of ours it lies in, and what it occupies there; a slot without a reservation was sold already: the hospital has overbooked it
    slot = models.ForeignKey("Slot", null=True, blank=True, on_delete=models.PROTECT, related_name="appointments")
    reservation = models.ForeignKey("Reservation", null=True, blank=True, on_delete=models.PROTECT, related_name="appointments")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "filler_number"], name="one_appointment_per_filler_number"),
            models.CheckConstraint(name="appointment_ends_after_start", condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at"))),
        ]
        indexes = [
            models.Index(fields=["resident", "-starts_at"]), models.Index(fields=["institution", "state", "starts_at"]),
            models.Index(fields=["slot"], condition=Q(slot__isnull=False, reservation__isnull=True, state="booked"), name="overbooked"),
        ]  # fmt: skip

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


class Schedule(models.Model):
    """A session of a department [FHIR Schedule]; its slots are what is taken."""

    institution = models.ForeignKey("institutions.Institution", on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey("institutions.Department", on_delete=models.PROTECT, related_name="+")
    practitioner = models.ForeignKey("people.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    service = models.ForeignKey("services.HealthcareService", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=SessionState.choices(), default=SessionState.OPEN.value)
    starts_at = models.DateTimeField("开始")
    ends_at = models.DateTimeField("结束")
    note = models.CharField("说明", max_length=120, blank=True)
    opened_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="session_ends_after_start", condition=Q(ends_at__gt=F("starts_at")))]
        indexes = [models.Index(fields=["institution", "starts_at"]), models.Index(fields=["department", "starts_at"])]

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return f"{self.department_id} {self.starts_at:%Y-%m-%d %H:%M}"


class Slot(models.Model):
    """A time that so many patients can be given [FHIR Slot]; `taken` can never pass `capacity`."""

    schedule = models.ForeignKey(Schedule, on_delete=models.PROTECT, related_name="slots")
    department = models.ForeignKey("institutions.Department", on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    capacity = models.PositiveSmallIntegerField()
    taken = models.PositiveSmallIntegerField(default=0)
    is_open = models.BooleanField(default=True)
    primary_until = models.DateTimeField("基层优先至")

    class Meta:
        constraints = [
            models.CheckConstraint(name="slot_is_not_sold_twice", condition=Q(taken__gte=0, taken__lte=F("capacity"))),
            models.UniqueConstraint(fields=["schedule", "starts_at"], name="slot_once_in_a_session"),
        ]
        indexes = [models.Index(fields=["department", "starts_at"], condition=Q(is_open=True), name="slots_open")]

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}"


class BedPool(models.Model):
    """Beds of one kind in a department: how many there are, how many the hospital says are occupied, how many are reserved here."""

    institution = models.ForeignKey("institutions.Institution", on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey("institutions.Department", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("类别", max_length=16, choices=BedKind.choices(), default=BedKind.ORDINARY.value)
    total = models.PositiveIntegerField("床位总数")
    occupied = models.PositiveIntegerField("已占用", default=0)
    taken = models.PositiveIntegerField("已预留", default=0)
    counted_at = models.DateTimeField("清点时间")

    class Meta:
        constraints = [
            models.CheckConstraint(name="beds_are_not_sold_twice", condition=Q(taken__gte=0, taken__lte=F("total"), occupied__lte=F("total"))),
            models.UniqueConstraint(fields=["institution", "department", "kind"], nulls_distinct=False, name="one_pool_per_kind"),
        ]

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return f"{self.institution_id} {self.kind}"


class WaitingEntry(models.Model):
    """Somebody who waits for a slot of a department or a bed of a pool; `since` orders the line, and moves when an offer was not answered."""

    number = models.CharField("候补号", max_length=24, unique=True)
    department = models.ForeignKey("institutions.Department", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    pool = models.ForeignKey(BedPool, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    keeper = models.ForeignKey("institutions.Institution", on_delete=models.PROTECT, related_name="+")
    resident = models.ForeignKey("residents.Resident", on_delete=models.PROTECT, related_name="+")
    by_institution = models.ForeignKey("institutions.Institution", on_delete=models.PROTECT, related_name="+")
    subject = models.CharField("事由", max_length=48, blank=True)
    urgency = models.CharField("紧急程度", max_length=12, choices=Urgency.choices(), default=Urgency.ELECTIVE.value)
    state = models.CharField(max_length=12, choices=WaitingState.choices(), default=WaitingState.WAITING.value)
    joined_at = models.DateTimeField("加入时间")
    joined_by = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()
    passed = models.PositiveSmallIntegerField("未答复次数", default=0)
    ended_at = models.DateTimeField(null=True, blank=True)
    because = models.CharField("原因", max_length=120, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="waits_for_one_thing", condition=Q(department__isnull=False, pool__isnull=True) | Q(department__isnull=True, pool__isnull=False)),
            models.UniqueConstraint(fields=["resident", "department", "pool"], condition=Q(state__in=["waiting", "offered"]), nulls_distinct=False, name="once_in_a_line"),
        ]
        indexes = [
            models.Index(fields=["department"], condition=Q(state="waiting"), name="line_of_department"),
            models.Index(fields=["pool"], condition=Q(state="waiting"), name="line_of_pool"),
            models.Index(fields=["keeper", "-id"], name="lines_of_keeper"),
            models.Index(fields=["by_institution", "-id"], name="lines_of_sender"),
            models.Index(fields=["subject"], condition=~Q(subject=""), name="line_of_subject"),
        ]

    class Privacy:
        personal = {"because": "words about why somebody no longer waits"}

    def __str__(self) -> str:
        return self.number


class Reservation(models.Model):
    """One place for one resident: held under a lease, then confirmed. A held one whose lease has run out stands in nobody's way."""

    number = models.CharField("预留号", max_length=24, unique=True)
    client_key = models.UUIDField(unique=True)
    slot = models.ForeignKey(Slot, null=True, blank=True, on_delete=models.PROTECT, related_name="reservations")
    pool = models.ForeignKey(BedPool, null=True, blank=True, on_delete=models.PROTECT, related_name="reservations")
    resident = models.ForeignKey("residents.Resident", on_delete=models.PROTECT, related_name="+")
    by_institution = models.ForeignKey("institutions.Institution", on_delete=models.PROTECT, related_name="+")
    subject = models.CharField("事由", max_length=48, blank=True)
    state = models.CharField(max_length=12, choices=ReservationState.choices(), default=ReservationState.HELD.value)
    expires_at = models.DateTimeField("暂留至", null=True, blank=True)
    held_at = models.DateTimeField()
    held_by = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    because = models.CharField(max_length=120, blank=True)
    #: who waited and was offered this place
    waiting = models.ForeignKey(WaitingEntry, null=True, blank=True, on_delete=models.PROTECT, related_name="offers")

    class Meta:
        constraints = [
            models.CheckConstraint(name="reservation_of_one_place", condition=Q(slot__isnull=False, pool__isnull=True) | Q(slot__isnull=True, pool__isnull=False)),
            models.CheckConstraint(name="held_reservation_has_lease", condition=~Q(state="held") | Q(expires_at__isnull=False)),
        ]
        indexes = [
            models.Index(fields=["slot"], condition=Q(state__in=["held", "confirmed"]), name="reservations_of_slot"),
            models.Index(fields=["pool"], condition=Q(state__in=["held", "confirmed"]), name="reservations_of_pool"),
            models.Index(fields=["expires_at"], condition=Q(state="held"), name="leases_running"),
            models.Index(fields=["subject"], condition=~Q(subject=""), name="reservations_of_subject"),
        ]

    class Privacy:
        personal: dict[str, str] = {}

    @property
    def keeper_id(self) -> int | None:
        """The institution whose place it is."""
        return self.slot.schedule.institution_id if self.slot else self.pool.institution_id if self.pool else None

    def __str__(self) -> str:
        return self.number
