"""Contracts with their versions, how the resident confirmed them, and what was promised."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from yilianti.care.contract.deeds import Fulfilment as Fulfilment
from yilianti.care.contract.deeds import Rating as Rating
from yilianti.care.contract.deeds import Refund as Refund
from yilianti.care.contract.deeds import Refunded as Refunded
from yilianti.care.contract.panels import Member as Member
from yilianti.care.contract.panels import Tagging as Tagging
from yilianti.care.contract.panels import Team as Team
from yilianti.care.contract.terms import ONCE_SIGNED, Kind, PackageKind, Signer, State, Way
from yilianti.kernel.crypto.encryption import EncryptedBytesField, EncryptedJSONField, EncryptedTextField
from yilianti.kernel.models import protected

_PERSON, _PLACE, _RESIDENT = "people.Person", "institutions.Institution", "residents.Resident"


class ContractQuerySet(models.QuerySet["Contract"]):
    def in_force(self, day: object) -> ContractQuerySet:
        """Those that held on a day, whatever became of them since."""
        return self.filter(Q(stopped_on__isnull=True) | Q(stopped_on__gt=day), state__in=ONCE_SIGNED, begins_on__lte=day, until_on__gt=day)


class Contract(models.Model):
    """One agreement of one resident with one team. What was agreed never changes: another team or package is a further contract.

    `institution` is where the resident is served; `packages` are frozen as signed; it holds from `begins_on` up to, not including, `until_on`, or `stopped_on` if that is earlier.
    """

    number = models.CharField("签约编号", max_length=24, unique=True)
    client_key = models.UUIDField(unique=True, editable=False)
    resident = models.ForeignKey(_RESIDENT, on_delete=models.PROTECT, related_name="contracts")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="contracts")
    institution = models.ForeignKey(_PLACE, on_delete=models.PROTECT, related_name="contracts")
    kind = models.CharField(max_length=12, choices=Kind.choices())
    former = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="followers")
    state = models.CharField(max_length=12, choices=State.choices(), default=State.PROPOSED.value)
    version = models.PositiveIntegerField(default=1)
    tags = ArrayField(models.CharField(max_length=24), default=list)
    packages = EncryptedJSONField()
    months = models.PositiveSmallIntegerField()
    begins_on = models.DateField()
    until_on = models.DateField()
    stopped_on = models.DateField(null=True, blank=True)
    reason = models.CharField("解约原因", max_length=24, blank=True)
    note = EncryptedTextField("说明", max_length=400, blank=True)
    policy_refs = ArrayField(models.CharField(max_length=160), default=list)
    proposed_by = models.ForeignKey(_PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    lapses_on = models.DateField()
    signed_at = models.DateTimeField(null=True, blank=True)

    objects = ContractQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["resident"], condition=Q(state="signed"), name="one_contract_signed"),
            models.UniqueConstraint(fields=["resident"], condition=Q(state="proposed"), name="one_contract_proposed"),
            models.CheckConstraint(name="contract_lasts", condition=Q(until_on__gt=F("begins_on"))),
            models.CheckConstraint(name="contract_signed_has_when", condition=Q(state__in=("proposed", "refused", "lapsed"), signed_at__isnull=True) | (~Q(state__in=("proposed", "refused", "lapsed")) & Q(signed_at__isnull=False))),
            models.CheckConstraint(name="contract_stopped_has_when", condition=Q(state__in=("ended", "changed"), stopped_on__isnull=False) | (~Q(state__in=("ended", "changed")) & Q(stopped_on__isnull=True))),
            models.CheckConstraint(name="contract_ended_has_reason", condition=~Q(state="ended") | ~Q(reason="")),
        ]
        indexes = [
            models.Index(fields=["institution", "state", "-id"]),
            models.Index(fields=["team", "state"]),
            models.Index(fields=["resident", "-id"]),
            models.Index(fields=["until_on"], condition=Q(state="signed"), name="contracts_running_out"),
        ]

    class Privacy:
        personal = {"packages": "services that tell of diseases", "tags": "groups the person belongs to", "note": "words about the person", "reason": "why it ended"}
        readable = {"tags": "filtered by in lists of many", "reason": "counted"}

    def __str__(self) -> str:
        return self.number


class Version(models.Model):
    """How a contract stood after each step."""

    append_only = True

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=State.choices())
    word = models.CharField(max_length=40)
    stopped_on = models.DateField(null=True)
    by = models.ForeignKey(_PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=64)
    at = models.DateTimeField()
    text = EncryptedTextField(max_length=400, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["contract", "version"], name="contract_version_once")]
        triggers = protected("contract_version_append_only")

    class Privacy:
        personal = {"text": "words about the person", "by_name": "who did it"}

    def __str__(self) -> str:
        return f"{self.contract_id} v{self.version}"


class Code(models.Model):
    """A code sent to the resident's telephone; emptied once it was used."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="codes")
    code = EncryptedTextField(max_length=8, blank=True)
    phone = EncryptedTextField(max_length=32)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)

    class Privacy:
        personal = {"code": "the code", "phone": "telephone of the person"}

    def __str__(self) -> str:
        return f"{self.contract_id}#{self.pk}"


class Confirmation(models.Model):
    """How the resident, or who stands for them, said yes; with the picture of the signature or the scan of the paper."""

    append_only = True

    contract = models.OneToOneField(Contract, on_delete=models.PROTECT, related_name="confirmation")
    way = models.CharField(max_length=12, choices=Way.choices())
    signer = models.CharField(max_length=12, choices=Signer.choices())
    signer_name = EncryptedTextField(max_length=96, blank=True)
    relation = EncryptedTextField(max_length=24, blank=True)
    picture = EncryptedBytesField(null=True)
    file_name = models.CharField(max_length=80, blank=True)
    file = EncryptedBytesField(null=True)
    phone = models.CharField(max_length=32, blank=True)
    policy_ref = models.CharField(max_length=160)
    witnessed_by = models.ForeignKey(_PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField()

    class Meta:
        triggers = protected("contract_confirmation_append_only")

    class Privacy:
        personal = {"picture": "signature of the person", "file": "the signed paper", "file_name": "may name the person", "signer_name": "who signed for them", "relation": "how they are related", "phone": "masked telephone"}

    def __str__(self) -> str:
        return f"{self.contract_id} {self.way}"


class Obligation(models.Model):
    """One promised item with the days in which it may be done, both included; made when the contract is signed."""

    append_only = True

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="obligations")
    package = models.CharField(max_length=24)
    package_kind = models.CharField(max_length=12, choices=PackageKind.choices())
    item = models.CharField(max_length=24)
    name = models.CharField("项目", max_length=60)
    nature = models.CharField(max_length=12)
    service = models.CharField(max_length=40, blank=True)
    part = models.PositiveSmallIntegerField()
    opens_on = models.DateField()
    due_on = models.DateField()
    price = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contract", "package", "item", "part"], name="obligation_once"),
            models.CheckConstraint(name="obligation_due_after_opening", condition=Q(due_on__gte=F("opens_on"))),
        ]
        indexes = [models.Index(fields=["due_on"]), models.Index(fields=["contract", "service"])]
        triggers = protected("contract_obligation_append_only")

    class Privacy:
        personal = {"name": "a service that may tell of a disease"}
        readable = {"name": "shown in lists of many"}

    def __str__(self) -> str:
        return f"{self.contract_id} {self.package}.{self.item}.{self.part}"
