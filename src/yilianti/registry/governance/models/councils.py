"""Councils, who sits in them, their meetings with agenda and attendance."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from yilianti.registry.governance.terms import CouncilKind, MeetingState, Office


class Council(models.Model):
    """A body of a consortium that decides, in time."""

    consortium = models.ForeignKey("institutions.Consortium", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("类别", max_length=12, choices=CouncilKind.choices())
    name = models.CharField("名称", max_length=96)
    founded_on = models.DateField("设立日期")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["consortium", "name"], name="council_name_once")]

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return self.name


class Seat(models.Model):
    """A person in a council, sent by an institution, in time; with or without a vote."""

    council = models.ForeignKey(Council, on_delete=models.PROTECT, related_name="seats")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    institution = models.ForeignKey("institutions.Institution", on_delete=models.PROTECT, related_name="+")
    office = models.CharField("职务", max_length=12, choices=Office.choices(), default=Office.MEMBER.value)
    has_vote = models.BooleanField("有表决权", default=True)
    from_on = models.DateField("就任日期")
    until_on = models.DateField("离任日期", null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["person"])]
        constraints = [
            models.UniqueConstraint(fields=["council", "person"], condition=Q(until_on__isnull=True), name="one_open_seat_per_person"),
            models.UniqueConstraint(fields=["council"], condition=Q(until_on__isnull=True, office="chair"), name="one_chair_per_council"),
            models.CheckConstraint(name="seat_ends_after_start", condition=Q(until_on__isnull=True) | Q(until_on__gt=F("from_on"))),
        ]

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return f"{self.person} · {self.office}"


class Meeting(models.Model):
    """A meeting of a council: convened, opened with those present, closed with its minutes."""

    number = models.CharField("会议编号", max_length=24, unique=True)
    council = models.ForeignKey(Council, on_delete=models.PROTECT, related_name="meetings")
    title = models.CharField("会议名称", max_length=120)
    held_at = models.DateTimeField("开会时间")
    place = models.CharField("地点", max_length=80, blank=True)
    state = models.CharField(max_length=12, choices=MeetingState.choices(), default=MeetingState.CONVENED.value)
    convened_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    minutes = models.TextField("会议纪要", blank=True)

    class Meta:
        indexes = [models.Index(fields=["council", "-held_at"])]
        constraints = [models.CheckConstraint(name="closed_meeting_has_moments", condition=~Q(state="closed") | Q(opened_at__isnull=False, closed_at__isnull=False))]

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return self.title


class Item(models.Model):
    """One item of an agenda."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="items")
    position = models.PositiveIntegerField()
    title = models.CharField("议题", max_length=120)
    note = models.CharField("说明", max_length=400, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["meeting", "position"], name="item_position_once")]

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return self.title


class Attendance(models.Model):
    """Somebody who sits in the council was present at a meeting."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="attendances")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["meeting", "seat"], name="present_once")]

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return f"{self.meeting_id} · {self.seat_id}"
