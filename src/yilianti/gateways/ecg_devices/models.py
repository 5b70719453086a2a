"""Folders that are watched, and every recording found in one; its bytes are in `record/recordings`."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yilianti.gateways.ecg_devices.terms import After, State
from yilianti.kernel.crypto.encryption import EncryptedTextField
from yilianti.record.recordings.api import Format


class Folder(models.Model):
    """A folder below the platform's own root that devices of one institution write to; `fault` is what is wrong with it now."""

    name = models.CharField("名称", max_length=64)
    institution = models.ForeignKey("institutions.Institution", verbose_name="机构", on_delete=models.PROTECT, related_name="+")
    path = models.CharField("文件夹", max_length=200, unique=True)
    device = models.CharField("设备", max_length=64, blank=True)
    format = models.CharField("格式", max_length=12, choices=Format.choices(), blank=True)
    after = models.CharField("取走之后", max_length=8, choices=After.choices(), default=After.MOVE.value)
    active = models.BooleanField("启用", default=True)
    looked_at = models.DateTimeField(null=True, blank=True)
    fault = models.CharField("故障", max_length=200, blank=True)
    changed_by = models.ForeignKey("people.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return self.name


class Deposit(models.Model):
    """One recording found in a folder. `key` is the digest of its bytes: found again, it is known."""

    folder = models.ForeignKey(Folder, on_delete=models.PROTECT, related_name="deposits")
    institution = models.ForeignKey("institutions.Institution", on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=64)
    name = EncryptedTextField("文件名", max_length=200)
    size = models.PositiveIntegerField()
    received_at = models.DateTimeField("收到时间")
    state = models.CharField("状态", max_length=12, choices=State.choices())
    reason = models.CharField("原因", max_length=20, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)
    note_en = models.CharField(max_length=200, blank=True)
    order_number = models.CharField("检查号", max_length=80, blank=True)
    patient_id = EncryptedTextField("患者编号", max_length=64, blank=True)
    patient_name = EncryptedTextField("姓名", max_length=128, blank=True)
    recorded_at = models.DateTimeField("采集时间", null=True, blank=True)
    recording = models.ForeignKey("recordings.Recording", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    exam = models.ForeignKey("diagnosis.Exam", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    settled_by = models.ForeignKey("people.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "key"], name="ecg_deposit_once"),
            models.CheckConstraint(name="ecg_filed_somewhere", condition=~Q(state="filed") | Q(recording__isnull=False, exam__isnull=False)),
            models.CheckConstraint(name="ecg_unmatched_says_why", condition=~Q(state="unmatched") | (~Q(reason="") & Q(recording__isnull=False))),
            models.CheckConstraint(name="ecg_refused_says_why", condition=~Q(state="refused") | ~Q(note="")),
        ]
        indexes = [models.Index(fields=["institution", "-id"]), models.Index(fields=["institution", "-id"], condition=Q(state="unmatched"), name="ecg_unmatched")]

    class Privacy:
        personal = {"name": "files are often named after people", "patient_id": "number of a patient", "patient_name": "name of a patient", "note": "words of a person, or about a file"}
        readable = {"note": "why a file cannot be read, or a reason in words"}

    def __str__(self) -> str:
        return self.key[:12]
