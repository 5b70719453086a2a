"""What is held beside an examination and added to only: the lines of its fee, the recordings sent back, and those it no longer has."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from yilianti.care.diagnosis.terms import ChargeKind, Former, RejectReason
from yilianti.kernel.models import protected


class Charge(models.Model):
    """One line of the member's cashier: a fee charged or waived, or the refund of one. Corrections are further lines; `settlement` will read them."""

    append_only = True

    exam = models.ForeignKey("diagnosis.Exam", on_delete=models.PROTECT, related_name="charges")
    institution = models.ForeignKey("institutions.Institution", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("办理", max_length=12, choices=ChargeKind.choices())
    code = models.CharField("项目编码", max_length=32, blank=True)
    name = models.CharField("项目", max_length=80)
    fen = models.PositiveIntegerField("金额（分）")
    reason = models.CharField("原因", max_length=200, blank=True)
    undoes = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="undone_by")
    policy_ref = models.CharField(max_length=160, blank=True)
    by = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="refund_undoes_a_charge", condition=Q(kind="refunded", undoes__isnull=False) | (~Q(kind="refunded") & Q(undoes__isnull=True))),
            models.CheckConstraint(name="only_a_charge_has_no_reason", condition=Q(kind="charged") | ~Q(reason="")),
        ]
        indexes = [models.Index(fields=["institution", "at"], name="charges_of_a_day"), models.Index(fields=["exam", "id"])]
        triggers = protected("charge_append_only")

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return f"{self.exam_id} {self.kind} {self.fen}"


class Rejection(models.Model):
    """One recording sent back to be recorded again: counted against the recording and whoever made it. Added to, never changed."""

    append_only = True

    exam = models.ForeignKey("diagnosis.Exam", on_delete=models.PROTECT, related_name="rejected")
    recording = models.ForeignKey("recordings.Recording", null=True, on_delete=models.PROTECT, related_name="+")
    acquired_by = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    findings = ArrayField(models.CharField(max_length=32), default=list, blank=True)
    was_sent_anyway = models.BooleanField(default=False)
    sent_at = models.DateTimeField()
    reason = models.CharField("退回原因", max_length=16, choices=RejectReason.choices())
    rejected_by = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["exam", "id"])]
        triggers = protected("rejection_append_only")

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return f"{self.exam_id} {self.reason}"


class FormerRecording(models.Model):
    """A recording that was an exam's and is no longer: another took its place, or the exam was cancelled. It stays kept about the resident."""

    append_only = True

    exam = models.ForeignKey("diagnosis.Exam", on_delete=models.PROTECT, related_name="former")
    recording = models.ForeignKey("recordings.Recording", on_delete=models.PROTECT, related_name="+")
    because = models.CharField("原因", max_length=12, choices=Former.choices())
    by = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["exam", "id"])]
        triggers = protected("former_recording_append_only")

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return f"{self.exam_id} {self.because}"


class Invitation(models.Model):
    """A physician whose opinion a conference asks for by name."""

    append_only = True

    exam = models.ForeignKey("diagnosis.Exam", on_delete=models.PROTECT, related_name="invitations")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["exam", "person"], name="invited_once")]
        triggers = protected("invitation_append_only")

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return f"{self.exam_id} {self.person_id}"
