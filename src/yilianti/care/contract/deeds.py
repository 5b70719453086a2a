"""What was done of a contract, what the resident said of it, and what was paid back."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yilianti.care.contract.terms import LineKind, Score
from yilianti.kernel.crypto.encryption import EncryptedJSONField, EncryptedTextField
from yilianti.kernel.models import protected

_PERSON, _PLACE = "people.Person", "institutions.Institution"


class Fulfilment(models.Model):
    """A line of the ledger: an item was done, or an earlier line is reversed."""

    append_only = True

    obligation = models.ForeignKey("contract.Obligation", on_delete=models.PROTECT, related_name="lines")
    kind = models.CharField(max_length=8, choices=LineKind.choices())
    of = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="reversal")
    done_on = models.DateField("完成日期")
    done_by = models.ForeignKey(_PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    institution = models.ForeignKey(_PLACE, null=True, on_delete=models.PROTECT, related_name="+")
    source = models.CharField("来源", max_length=12)
    record = models.CharField("记录编号", max_length=40, blank=True)
    evidence = EncryptedTextField("说明", max_length=400, blank=True)
    recorded_by_name = models.CharField(max_length=64)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="reversal_names_its_line", condition=Q(kind="done", of__isnull=True) | Q(kind="reversed", of__isnull=False)),
            models.UniqueConstraint(fields=["obligation", "source", "record"], condition=Q(kind="done") & ~Q(record=""), name="record_counts_once"),
        ]
        triggers = protected("contract_fulfilment_append_only")

    class Privacy:
        personal = {"evidence": "words about a person's care", "recorded_by_name": "who entered it"}

    def __str__(self) -> str:
        return f"{self.obligation_id} {self.kind}"


class Rating(models.Model):
    """What the resident said of the service."""

    append_only = True

    contract = models.ForeignKey("contract.Contract", on_delete=models.PROTECT, related_name="ratings")
    score = models.CharField(max_length=12, choices=Score.choices())
    text = EncryptedTextField("意见", max_length=400, blank=True)
    asked_by = models.ForeignKey(_PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    rated_at = models.DateTimeField()

    class Meta:
        triggers = protected("contract_rating_append_only")

    class Privacy:
        personal = {"text": "words of the person"}

    def __str__(self) -> str:
        return f"{self.contract_id} {self.score}"


class Refund(models.Model):
    """What was paid back for items that were not used, with how it was reckoned."""

    append_only = True

    contract = models.ForeignKey("contract.Contract", on_delete=models.PROTECT, related_name="refunds")
    amount = models.BigIntegerField()
    voucher = models.CharField("凭证号", max_length=60)
    working = EncryptedJSONField()
    refunded_by = models.ForeignKey(_PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    refunded_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="refund_is_something", condition=Q(amount__gt=0))]
        triggers = protected("contract_refund_append_only")

    class Privacy:
        personal = {"working": "services that tell of diseases"}

    def __str__(self) -> str:
        return f"{self.contract_id} {self.amount}"


class Refunded(models.Model):
    """One unused item that a refund covers; each once."""

    append_only = True

    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="lines")
    obligation = models.OneToOneField("contract.Obligation", on_delete=models.PROTECT, related_name="refunded")
    amount = models.BigIntegerField()

    class Meta:
        triggers = protected("contract_refunded_append_only")

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return f"{self.refund_id}:{self.obligation_id}"
