"""The devices that may speak to us, and every object they sent: where it belongs, and its bytes until the record holds them."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from yilianti.gateways.dicom.terms import Reason, State
from yilianti.kernel.crypto.encryption import EncryptedBytesField, EncryptedTextField


class Sender(models.Model):
    """One device or system: its AE title from its address speaks for one institution. `orders` says that sending opens an exam."""

    name = models.CharField("名称", max_length=64)
    ae_title = models.CharField("AE 标题", max_length=16)
    address = models.CharField("地址", max_length=43)
    institution = models.ForeignKey("institutions.Institution", verbose_name="机构", on_delete=models.PROTECT, related_name="+")
    orders = models.BooleanField("发送即登记检查", default=False)
    active = models.BooleanField("启用", default=True)
    changed_by = models.ForeignKey("people.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ae_title", "address"], name="dicom_sender_once")]

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return f"{self.ae_title}@{self.address}"


class Instance(models.Model):
    """One object of one institution. `spooled` are its bytes as a file until `recording` holds them; `sha256` is theirs."""

    institution = models.ForeignKey("institutions.Institution", on_delete=models.PROTECT, related_name="+")
    sender = models.ForeignKey(Sender, on_delete=models.PROTECT, related_name="instances")
    sop_uid = models.CharField("SOP 实例 UID", max_length=64)
    sop_class = models.CharField(max_length=64)
    syntax = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    spooled = EncryptedBytesField(null=True)
    received_at = models.DateTimeField("收到时间")
    state = models.CharField("状态", max_length=12, choices=State.choices(), default=State.RECEIVED.value)
    attempts = models.PositiveSmallIntegerField(default=0)

    study_uid = models.CharField(max_length=64, blank=True)
    series_uid = models.CharField(max_length=64, blank=True)
    modality = models.CharField(max_length=16, blank=True)
    accession = models.CharField("检查号", max_length=64, blank=True)
    patient_id = EncryptedTextField("患者编号", max_length=64, blank=True)
    patient_name = EncryptedTextField("姓名", max_length=128, blank=True)
    sex = models.CharField(max_length=1, blank=True)
    born_on = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField("采集时间", null=True, blank=True)

    recording = models.OneToOneField("recordings.Recording", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    resident = models.ForeignKey("residents.Resident", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    exam = models.ForeignKey("diagnosis.Exam", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField("原因", max_length=20, choices=Reason.choices(), blank=True)
    note = models.CharField("说明", max_length=200, blank=True)
    settled_by = models.ForeignKey("people.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "sop_uid"], name="dicom_instance_once"),
            models.CheckConstraint(name="dicom_bytes_somewhere", condition=Q(recording__isnull=False) | Q(spooled__isnull=False)),
            models.CheckConstraint(name="dicom_filed_somewhere", condition=~Q(state="filed") | Q(recording__isnull=False, resident__isnull=False)),
            models.CheckConstraint(name="dicom_unmatched_says_why", condition=~Q(state="unmatched") | ~Q(reason="")),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(state="received"), name="dicom_to_file"),
            models.Index(fields=["institution", "-id"], condition=Q(state="unmatched"), name="dicom_unmatched"),
            models.Index(fields=["institution", "study_uid"], name="dicom_by_study"),
            models.Index(fields=["institution", "-recorded_at"], name="dicom_by_moment"),
            models.Index(fields=["sop_uid"], name="dicom_by_uid"),
        ]
        triggers = [pgtrigger.Protect(name="dicom_identity_stays", operation=pgtrigger.UpdateOf("institution_id", "sop_uid", "sha256", "received_at") | pgtrigger.Delete)]

    class Privacy:
        personal = {"spooled": "the object with the name inside", "patient_id": "number of a patient", "patient_name": "name of a patient", "sex": "with the name",
                    "born_on": "with the name", "note": "words of a person"}  # fmt: skip

    def __str__(self) -> str:
        return self.sop_uid
