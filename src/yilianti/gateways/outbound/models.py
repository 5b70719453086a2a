"""Destinations, what is to be sent to them, and each attempt."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from yilianti.gateways.outbound.terms import OPEN, Channel, Result, State
from yilianti.kernel.crypto.encryption import EncryptedBytesField, EncryptedTextField
from yilianti.kernel.models import protected


class Destination(models.Model):
    """A system of an institution that is told things; the second half is the state of its line."""

    institution = models.ForeignKey("institutions.Institution", verbose_name="机构", on_delete=models.PROTECT, related_name="+")
    channel = models.CharField("通道", max_length=16, choices=Channel.choices(), default=Channel.HL7V2.value)
    name = models.CharField("名称", max_length=64)
    host = models.CharField("主机", max_length=200)
    port = models.PositiveIntegerField("端口", default=2575)
    tls = models.BooleanField("TLS 加密", default=False)
    authority = models.TextField("信任的 CA 证书（PEM）", blank=True)
    secret = EncryptedTextField("口令或密钥", max_length=400, blank=True)
    settings = models.JSONField(default=dict, blank=True)
    wants = ArrayField(models.CharField(max_length=24), default=list, blank=True)
    active = models.BooleanField("启用", default=True)
    changed_at = models.DateTimeField()
    changed_by = models.BigIntegerField(null=True, blank=True)

    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True, blank=True)
    retry_at = models.DateTimeField(null=True, blank=True)
    alarmed_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)
    heard_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["institution", "channel", "name"], name="destination_named_once")]
        ordering = ["institution", "name"]

    class Privacy:
        personal = {"secret": "the password or key of the receiver's gateway, encrypted"}

    def __str__(self) -> str:
        return self.name


class Outgoing(models.Model):
    """One message to one destination. `key` makes it once, `control_id` lets the receiver know a repeat."""

    key = models.CharField(max_length=128, unique=True)
    destination = models.ForeignKey(Destination, on_delete=models.PROTECT, related_name="outgoing")
    control_id = models.CharField("消息控制号", max_length=20, unique=True)
    kind = models.CharField("类型", max_length=32)
    subject = models.CharField(max_length=96)
    resident = models.ForeignKey("residents.Resident", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    payload = EncryptedBytesField()
    state = models.CharField("状态", max_length=12, choices=State.choices(), default=State.WAITING.value)
    queued_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    retry_at = models.DateTimeField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    said = EncryptedTextField("最近一次的结果", max_length=400, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    parked_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.BigIntegerField(null=True, blank=True)
    closed_because = models.CharField(max_length=200, blank=True)
    caused_by = models.BigIntegerField(null=True, blank=True)

    class Meta:
        indexes = [
            # Queues and their heads: only what may still leave.
            models.Index(fields=["destination", "subject", "id"], condition=Q(state__in=[str(s) for s in OPEN]), name="outgoing_queue"),
            models.Index(fields=["state", "-id"]),
            models.Index(fields=["subject"]),
        ]
        constraints = [
            models.CheckConstraint(name="parked_outgoing_has_moment", condition=~Q(state="parked") | Q(parked_at__isnull=False)),
            models.CheckConstraint(name="acknowledged_outgoing_has_moment", condition=~Q(state="acknowledged") | Q(acknowledged_at__isnull=False)),
            models.CheckConstraint(name="cancelled_outgoing_says_why", condition=~Q(state="cancelled") | ~Q(closed_because="")),
        ]

    class Privacy:
        personal = {"payload": "the whole message, with identity and medical data, encrypted", "said": "the receiver's words, which may quote the message"}

    def __str__(self) -> str:
        return f"{self.kind} {self.control_id}"


class Attempt(models.Model):
    """One try: when, how long, what came back."""

    append_only = True

    outgoing = models.ForeignKey(Outgoing, on_delete=models.PROTECT, related_name="tries")
    at = models.DateTimeField()
    seconds = models.FloatField(default=0)
    result = models.CharField(max_length=16, choices=Result.choices())
    answer = models.CharField(max_length=16, blank=True)
    said = EncryptedTextField(max_length=400, blank=True)

    class Meta:
        triggers = protected()

    class Privacy:
        personal = {"said": "the receiver's words, which may quote the message"}

    def __str__(self) -> str:
        return f"{self.outgoing_id} {self.result}"
