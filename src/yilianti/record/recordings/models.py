"""Recordings: the bytes as received, and the samples decoded once; added to, never changed."""

from __future__ import annotations

from django.db import models

from yilianti.kernel.crypto.encryption import EncryptedBytesField
from yilianti.kernel.models import protected
from yilianti.record.recordings.terms import Format


class Recording(models.Model):
    """One recording of one institution. `key` is the file's own unique name (SOP instance UID) or else the digest of its bytes;
    `samples` is the packed tracing, empty for a PDF or an image."""

    append_only = True

    number = models.CharField("记录编号", max_length=24, unique=True)
    institution = models.ForeignKey("institutions.Institution", on_delete=models.PROTECT, related_name="recordings")
    key = models.CharField(max_length=96)
    format = models.CharField("格式", max_length=12, choices=Format.choices())
    name = models.CharField("文件名", max_length=120, blank=True)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    content = EncryptedBytesField()
    samples = EncryptedBytesField()
    started_at = models.DateTimeField("采集时间", null=True, blank=True)
    seconds = models.FloatField(default=0)
    rate = models.FloatField("采样率", default=0)
    lead_count = models.PositiveSmallIntegerField(default=0)
    source = models.CharField("来源", max_length=64, blank=True)
    received_by = models.ForeignKey("people.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["institution", "key"], name="recording_kept_once")]
        indexes = [models.Index(fields=["institution", "-received_at"])]
        triggers = protected("recording_append_only")

    class Privacy:
        personal = {"content": "the recording with the name inside", "samples": "the tracing with the name inside", "name": "files are often named after people"}

    def __str__(self) -> str:
        return self.number
