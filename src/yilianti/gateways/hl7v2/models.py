"""Every message as it arrived, what became of it, and the code mappings of each institution."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from yilianti.gateways.hl7v2.terms import State, Table
from yilianti.kernel.crypto.encryption import EncryptedBytesField


class MessageQuerySet(models.QuerySet["Message"]):
    def waiting(self) -> MessageQuerySet:
        """Refused, and nobody has mended or set them aside."""
        return self.filter(state=State.REFUSED.value)


class Message(models.Model):
    """One inbound message; `raw` and `sha256` never change (but for the key of `raw`), the rest says what was made of it."""

    received_at = models.DateTimeField("收到时间")
    peer = models.CharField(max_length=64, blank=True)
    raw = EncryptedBytesField()
    sha256 = models.CharField(max_length=64, unique=True)
    encoding = models.CharField(max_length=16, blank=True)
    application = models.CharField("发送系统", max_length=128, blank=True)
    facility = models.CharField("发送机构代码", max_length=128, blank=True)
    control_id = models.CharField("消息控制号", max_length=199, blank=True)
    kind = models.CharField("消息类型", max_length=32, blank=True)
    version = models.CharField(max_length=16, blank=True)
    state = models.CharField("状态", max_length=12, choices=State.choices(), default=State.RECEIVED.value)
    answer = models.CharField(max_length=2, blank=True)
    refusal_code = models.CharField(max_length=64, blank=True)
    refusal = models.CharField("拒绝原因", max_length=400, blank=True)
    refusal_en = models.CharField(max_length=400, blank=True)
    place = models.CharField("位置", max_length=32, blank=True)
    findings = models.JSONField(default=list)
    subjects = models.JSONField(default=list)
    institution = models.ForeignKey("institutions.Institution", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    resident = models.ForeignKey("residents.Resident", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    attempts = models.PositiveIntegerField(default=1)
    applied_at = models.DateTimeField(null=True, blank=True)
    replayed_by = models.BigIntegerField(null=True, blank=True)
    replayed_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField("处理说明", max_length=200, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["facility", "control_id", "id"]),
            models.Index(fields=["institution", "-id"]),
            models.Index(fields=["facility", "received_at"], name="message_by_source"),
            models.Index(fields=["received_at"], name="message_by_moment"),
            models.Index(fields=["-id"], condition=Q(state="refused"), name="message_refused"),
        ]
        constraints = [
            models.CheckConstraint(name="refused_message_says_why", condition=~Q(state="refused") | ~Q(refusal="")),
            models.CheckConstraint(name="applied_message_has_moment", condition=~Q(state="applied") | Q(applied_at__isnull=False)),
        ]
        triggers = [
            pgtrigger.Protect(name="message_raw_stays", operation=pgtrigger.UpdateOf("raw", "sha256", "received_at") | pgtrigger.Delete),
        ]

    class Privacy:
        personal = {"raw": "the whole message, with identity and medical data", "refusal": "may quote a value of the message",
                    "refusal_en": "the same in English", "findings": "may quote values of the message", "note": "words of a person",
                    "sha256": "fingerprint of the message"}
        readable = {
            "sha256": "a repeat is the same bytes; nobody guesses a whole message with its control number and moment",
            **dict.fromkeys(("refusal", "refusal_en", "findings"), "what whoever mends the interface must read; values are quoted only where they are at fault"),
            "note": "a reason in words",
        }

    def __str__(self) -> str:
        return f"{self.kind} {self.control_id}"


class CodeMapping(models.Model):
    """What a local code of one institution means; looked up before the built-in tables."""

    institution = models.ForeignKey("institutions.Institution", verbose_name="机构", on_delete=models.PROTECT, related_name="+")
    table = models.CharField("对照表", max_length=24, choices=Table.choices())
    local_code = models.CharField("院内代码", max_length=96)
    standard_code = models.CharField("标准代码", max_length=64)
    display = models.CharField("名称", max_length=160, blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["institution", "table", "local_code"], name="local_code_mapped_once")]
        ordering = ["institution", "table", "local_code"]

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return f"{self.table}:{self.local_code}"
