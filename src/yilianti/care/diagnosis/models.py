"""Examinations of the shared centres, what each reader said of them, and critical values."""

from __future__ import annotations

from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Reverse

from yilianti.care.diagnosis.beside import Charge, FormerRecording, Invitation, Rejection
from yilianti.care.diagnosis.terms import OWED, CriticalState, Modality, RejectReason, State, Urgency
from yilianti.kernel.crypto.encryption import EncryptedBytesField
from yilianti.kernel.models import protected

_OWED = [str(state) for state in OWED]


__all__ = ["Charge", "CriticalValue", "Delegation", "Exam", "FormerRecording", "Invitation", "IssuedReport", "Reading", "Rejection", "ReportTemplate", "Signature"]


class Exam(models.Model):
    """One examination: ordered and recorded at `institution`, read at `centre`."""

    number = models.CharField("检查编号", max_length=24, unique=True)
    modality = models.CharField("检查", max_length=12, choices=Modality.choices())
    state = models.CharField(max_length=12, choices=State.choices(), default=State.ORDERED.value)
    urgency = models.CharField("紧急程度", max_length=12, choices=Urgency.choices(), default=Urgency.ROUTINE.value)
    client_key = models.UUIDField(unique=True, default=uuid4)
    resident = models.ForeignKey("residents.Resident", on_delete=models.PROTECT, related_name="exams")
    institution = models.ForeignKey("institutions.Institution", on_delete=models.PROTECT, related_name="exams_asked")
    centre = models.ForeignKey("institutions.Institution", on_delete=models.PROTECT, related_name="exams_read")
    placer_number = models.CharField("申请单号", max_length=96, blank=True)
    complaint = models.CharField("主诉", max_length=400, blank=True)
    impression = models.CharField("临床印象", max_length=200, blank=True)
    bed = models.CharField("床号", max_length=24, blank=True)
    source = models.CharField("来源", max_length=64, blank=True)
    orderer = models.CharField("申请医生", max_length=64, blank=True)
    fee_fen = models.PositiveIntegerField("检查费（分）", null=True, blank=True)
    charged_at = models.DateTimeField(null=True, blank=True)

    ordered_by = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField()
    recording = models.ForeignKey("recordings.Recording", null=True, blank=True, on_delete=models.PROTECT, related_name="exams")
    acquired_by = models.ForeignKey("people.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    acquired_at = models.DateTimeField(null=True, blank=True)
    quality = models.JSONField(default=list, blank=True)
    sent_anyway = models.CharField("仍要发送的理由", max_length=200, blank=True)
    measured = models.JSONField(default=dict, blank=True)
    suggested = ArrayField(models.CharField(max_length=24), default=list, blank=True)
    sent_by = models.ForeignKey("people.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(null=True, blank=True)
    off_hours = models.BooleanField("非工作时间发送", default=False)
    written_at = models.DateTimeField("首次书写", null=True, blank=True)
    written_due_at = models.DateTimeField(null=True, blank=True)
    audited_due_at = models.DateTimeField(null=True, blank=True)
    limit_refs = ArrayField(models.CharField(max_length=160), default=list, blank=True)
    reminded = models.PositiveSmallIntegerField(default=0)

    claimed_by = models.ForeignKey("people.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    claimed_until = models.DateTimeField(null=True, blank=True)
    reject_reason = models.CharField(max_length=16, choices=RejectReason.choices(), blank=True)
    reject_note = models.CharField(max_length=200, blank=True)
    rejections = models.PositiveSmallIntegerField("退回次数", default=0)
    measurements = models.JSONField(default=dict, blank=True)
    statements = ArrayField(models.CharField(max_length=24), default=list, blank=True)
    conclusion = models.TextField("诊断意见", blank=True)
    concluded_by = models.ForeignKey("people.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    concluded_at = models.DateTimeField(null=True, blank=True)
    issued_by = models.ForeignKey("people.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField(null=True, blank=True)
    report = models.CharField("结果编号", max_length=24, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "placer_number"], condition=~Q(placer_number="") & ~Q(state="cancelled"), name="one_exam_per_order"),
            models.UniqueConstraint(fields=["recording"], condition=Q(recording__isnull=False), name="one_exam_per_recording"),
            models.CheckConstraint(name="auditor_is_not_reader", condition=Q(issued_by__isnull=True) | Q(concluded_by__isnull=True) | ~Q(issued_by=F("concluded_by"))),
            models.CheckConstraint(name="sent_exam_has_limits", condition=~Q(state__in=_OWED) | Q(sent_at__isnull=False, written_due_at__isnull=False, audited_due_at__isnull=False, recording__isnull=False)),
            models.CheckConstraint(name="claim_has_an_end", condition=Q(claimed_by__isnull=True, claimed_until__isnull=True) | Q(claimed_by__isnull=False, claimed_until__isnull=False)),
            models.CheckConstraint(name="fee_and_its_moment", condition=Q(fee_fen__isnull=True, charged_at__isnull=True) | Q(fee_fen__isnull=False, charged_at__isnull=False)),
            models.CheckConstraint(name="issued_exam_is_signed", condition=~Q(state="issued") | Q(issued_by__isnull=False, issued_at__isnull=False, concluded_at__isnull=False)),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["centre", "written_due_at", "id"], condition=Q(state__in=["queued", "reading"]), name="exams_to_read"),
            models.Index(fields=["centre", "audited_due_at", "id"], condition=Q(state__in=["concluded", "conference"]), name="exams_to_audit"),
            models.Index(fields=["-ordered_at", "-id"], name="exams_newest"),
            models.Index(OpClass(Reverse("number"), name="text_pattern_ops"), name="exams_by_number_end"),
            models.Index(fields=["placer_number"], condition=~Q(placer_number=""), name="exams_by_order"),
            models.Index(fields=["institution"], condition=~Q(state__in=["issued", "cancelled"]), name="exams_open_at_member"),
            models.Index(fields=["centre"], condition=~Q(state__in=["issued", "cancelled"]), name="exams_open_at_centre"),
            models.Index(fields=["institution", "-ordered_at", "-id"], name="exams_of_member"),
            models.Index(fields=["centre", "-ordered_at", "-id"], name="exams_of_centre"),
            models.Index(fields=["resident", "-ordered_at"], name="exams_of_resident"),
            models.Index(fields=["institution"], condition=Q(state__in=["cancelled", "rejected"], charged_at__isnull=False), name="exams_to_refund"),
        ]

    class Privacy:
        personal = {"complaint": "what the patient says", "impression": "medical opinion", "conclusion": "medical conclusion", "measurements": "measured values",
                    "measured": "measured values", "statements": "findings", "suggested": "findings", "quality": "findings about a recording", "bed": "where the patient lies"}  # fmt: skip

    def __str__(self) -> str:
        return self.number


class Reading(models.Model):
    """What one physician said of an exam: first reading, audit, blinded second reading, opinion in a conference. Added to, never changed."""

    append_only = True

    exam = models.ForeignKey(Exam, on_delete=models.PROTECT, related_name="readings")
    kind = models.CharField(max_length=12)
    reader = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    statements = ArrayField(models.CharField(max_length=24), default=list, blank=True)
    measurements = models.JSONField(default=dict, blank=True)
    conclusion = models.TextField(blank=True)
    note = models.CharField(max_length=400, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["exam"], condition=Q(kind="second"), name="one_second_reading_per_exam")]
        indexes = [models.Index(fields=["exam", "at"]), models.Index(fields=["reader", "at"])]
        triggers = protected("reading_append_only")

    class Privacy:
        personal = {"conclusion": "medical conclusion", "statements": "findings", "measurements": "measured values", "note": "opinion about a patient"}

    def __str__(self) -> str:
        return f"{self.exam_id} {self.kind}"


class IssuedReport(models.Model):
    """The report as it left: the PDF, its signature, its version. An amendment is a further one."""

    append_only = True

    exam = models.ForeignKey(Exam, on_delete=models.PROTECT, related_name="issues")
    version = models.PositiveSmallIntegerField()
    statements = ArrayField(models.CharField(max_length=24), default=list, blank=True)
    measurements = models.JSONField(default=dict, blank=True)
    conclusion = models.TextField()
    because = models.CharField("更正原因", max_length=200, blank=True)
    critical = models.JSONField(default=list, blank=True)
    reader = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    auditor = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    content = EncryptedBytesField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["exam", "version"], name="one_report_per_version")]
        triggers = protected("issued_report_append_only")

    class Privacy:
        personal = {"content": "the whole report", "conclusion": "medical conclusion", "statements": "findings", "measurements": "measured values",
                    "critical": "findings"}  # fmt: skip

    def __str__(self) -> str:
        return f"{self.exam_id} v{self.version}"


class Signature(models.Model):
    """A physician's electronic signature: over the bytes of an issued report, or over the text of what they said (`document`)."""

    append_only = True

    report = models.OneToOneField(IssuedReport, null=True, on_delete=models.PROTECT, related_name="signature")
    reading = models.OneToOneField(Reading, null=True, on_delete=models.PROTECT, related_name="signature")
    document = EncryptedBytesField(blank=True)
    signer = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=48)
    number = models.CharField("工号", max_length=32)
    place = models.CharField(max_length=120)
    algorithm = models.CharField(max_length=8)
    certificate = models.TextField()
    value = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="signature_of_one_thing", condition=Q(report__isnull=True, reading__isnull=False) | Q(report__isnull=False, reading__isnull=True))]
        triggers = protected("signature_append_only")

    class Privacy:
        personal = {"document": "the whole reading", "name": "staff name"}

    def __str__(self) -> str:
        return f"{self.name} {self.at}"


class ReportTemplate(models.Model):
    """Statements and words that are often needed: one physician's own, or of the whole centre."""

    centre = models.ForeignKey("institutions.Institution", on_delete=models.PROTECT, related_name="report_templates")
    modality = models.CharField(max_length=12, choices=Modality.choices())
    owner = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField("名称", max_length=20)
    statements = ArrayField(models.CharField(max_length=24), default=list, blank=True)
    conclusion = models.TextField(max_length=1000)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["centre", "modality", "owner", "name"], condition=Q(owner__isnull=False), name="own_template_named_once"),
            models.UniqueConstraint(fields=["centre", "modality", "name"], condition=Q(owner__isnull=True), name="centre_template_named_once"),
        ]

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return self.name


class Delegation(models.Model):
    """The head lets somebody decide conferences in their place, for a time."""

    centre = models.ForeignKey("institutions.Institution", on_delete=models.PROTECT, related_name="delegations")
    head = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    delegate = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    from_at = models.DateTimeField("从")
    until_at = models.DateTimeField("到")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="delegation_ends_after_start", condition=Q(until_at__gt=F("from_at")))]
        indexes = [models.Index(fields=["centre", "delegate", "until_at"])]

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return f"{self.head_id} → {self.delegate_id}"


class CriticalValue(models.Model):
    """One critical finding in one recording of an exam, until the member has read it back and acted. Another value of it later is a further one that `corrects` this."""

    exam = models.ForeignKey(Exam, on_delete=models.PROTECT, related_name="criticals")
    recording = models.ForeignKey("recordings.Recording", null=True, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=48)
    name = models.CharField("危急值", max_length=120)
    key_value = models.CharField("关键值", max_length=80)
    policy_ref = models.CharField(max_length=160)
    corrects = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrected_by")
    state = models.CharField(max_length=12, choices=CriticalState.choices(), default=CriticalState.NOTIFIED.value)
    found_by = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    found_at = models.DateTimeField()
    rung = models.PositiveSmallIntegerField(default=0)
    acknowledged_by = models.ForeignKey("people.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    read_back = models.CharField("复述", max_length=200, blank=True)
    family_told = models.BooleanField("已告知患者或家属", default=False)
    resolved_by = models.ForeignKey("people.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    resolved_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField("处置", max_length=400, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["exam", "code", "recording"], condition=Q(corrects__isnull=True), nulls_distinct=False, name="critical_value_once"),
            models.CheckConstraint(name="acknowledged_with_read_back", condition=Q(state__in=["notified", "corrected"]) | (Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False) & ~Q(read_back=""))),
            models.CheckConstraint(name="resolved_with_outcome", condition=~Q(state="resolved") | (Q(resolved_at__isnull=False) & ~Q(outcome=""))),
        ]  # fmt: skip
        indexes = [models.Index(fields=["found_at"], condition=Q(state__in=["notified", "acknowledged"]), name="critical_values_open"), models.Index(fields=["-found_at", "-id"])]

    class Privacy:
        personal = {"name": "medical finding", "key_value": "measured value", "read_back": "measured value", "outcome": "what was done"}

    def __str__(self) -> str:
        return f"{self.exam_id} {self.code}"
