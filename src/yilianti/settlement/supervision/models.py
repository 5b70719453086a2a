"""Suspicions with what both sides said of them, knowledge points, and whose months are to be looked through again."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from yilianti.kernel.crypto.encryption import EncryptedBytesField, EncryptedJSONField, EncryptedTextField
from yilianti.kernel.finding import Severity
from yilianti.kernel.models import protected
from yilianti.settlement.supervision.terms import Family, Limit, Rule, State, Verb

_DECIDED = ("cleared", "confirmed", "recovered")


class KnowledgePoint(models.Model):
    """One knowledge point of a consortium, as its source document has it; a change is a new point, the old one is closed."""

    consortium = models.CharField(max_length=32)
    limit = models.CharField("类别", max_length=24, choices=Limit.choices())
    code = models.CharField("项目编码", max_length=48)
    name = models.CharField("项目名称", max_length=120)
    sex = models.CharField("限性别", max_length=1, blank=True)
    age_from = models.PositiveSmallIntegerField("年龄起", null=True, blank=True)
    age_until = models.PositiveSmallIntegerField("年龄止", null=True, blank=True)
    document = models.CharField("来源文件", max_length=160)
    edition = models.CharField("版次", max_length=40)
    effective_from = models.DateField("生效日期")
    effective_until = models.DateField("失效日期", null=True, blank=True)
    entered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["consortium", "limit", "code", "effective_from"], name="knowledge_point_once"),
            models.CheckConstraint(name="knowledge_point_limits_something", condition=~Q(sex="") | Q(age_from__isnull=False) | Q(age_until__isnull=False)),
            models.CheckConstraint(name="knowledge_point_ends_after_it_begins", condition=Q(effective_until__isnull=True) | Q(effective_until__gt=F("effective_from"))),
        ]

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return f"{self.limit} {self.code}"


class Suspicion(models.Model):
    """What a rule suspects of one version of a claim. `key` is made of rule, claims with versions, and evidence: the same is never raised twice.

    Claims and those `beside` are named by number; `amount` is the fen in question, `confirmed` and `recovered` what was decided and came back.
    """

    number = models.CharField("线索编号", max_length=24, unique=True)
    key = models.CharField(max_length=64, unique=True, editable=False)
    rule = models.CharField("规则", max_length=24, choices=Rule.choices())
    family = models.CharField("类别", max_length=12, choices=Family.choices())
    severity = models.CharField(max_length=12, choices=Severity.choices())
    state = models.CharField(max_length=12, choices=State.choices(), default=State.RAISED.value)
    version = models.PositiveIntegerField(default=1)
    institution = models.ForeignKey("institutions.Institution", on_delete=models.PROTECT, related_name="suspicions")
    resident = models.ForeignKey("residents.Resident", on_delete=models.PROTECT, related_name="suspicions")
    claim = models.CharField("费用编号", max_length=24)
    claim_version = models.PositiveIntegerField()
    beside = ArrayField(models.CharField(max_length=24), default=list, blank=True)
    month = models.DateField("费用月份")
    because = models.CharField("原因", max_length=400)
    evidence = EncryptedJSONField()
    amount = models.BigIntegerField("涉及金额")
    policy_refs = ArrayField(models.CharField(max_length=160), default=list, blank=True)
    raised_at = models.DateTimeField()
    due_on = models.DateField("期限", null=True, blank=True)
    reminded_on = models.DateField(null=True, blank=True)
    explained_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey("people.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    confirmed = models.BigIntegerField("认定金额", null=True, blank=True)
    recovered = models.BigIntegerField("退回金额", null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="suspicion_amounts", condition=Q(amount__gte=0) & (Q(confirmed__isnull=True) | Q(confirmed__gte=0, confirmed__lte=F("amount")))),
            models.CheckConstraint(name="suspicion_recovered_within_confirmed", condition=Q(recovered__isnull=True) | Q(recovered__gt=0, recovered__lte=F("confirmed"))),
            models.CheckConstraint(name="suspicion_decided_has_when", condition=~Q(state__in=_DECIDED) | Q(decided_at__isnull=False)),
            models.CheckConstraint(name="suspicion_confirmed_has_amount", condition=~Q(state__in=("confirmed", "recovered")) | Q(confirmed__isnull=False)),
            models.CheckConstraint(name="suspicion_recovered_has_amount", condition=Q(state="recovered", recovered__isnull=False) | (~Q(state="recovered") & Q(recovered__isnull=True))),
            models.CheckConstraint(name="suspicion_open_has_limit", condition=~Q(state__in=("raised", "explained")) | Q(due_on__isnull=False)),
        ]
        indexes = [
            models.Index(fields=["institution", "state", "-id"]),
            models.Index(fields=["claim"]),
            models.Index(fields=["resident", "month"]),
            models.Index(fields=["due_on"], condition=Q(state__in=("raised", "explained")), name="suspicions_owed"),
        ]

    class Privacy:
        personal = {"evidence": "charge lines and stays of the person", "because": "numbers and codes, without a name"}
        readable = {"because": "shown in lists of many"}

    def __str__(self) -> str:
        return self.number


class Statement(models.Model):
    """What one side said with a step, with a file where it gave one; nothing said is ever changed."""

    append_only = True

    suspicion = models.ForeignKey(Suspicion, on_delete=models.PROTECT, related_name="statements")
    verb = models.CharField(max_length=12, choices=Verb.choices())
    text = EncryptedTextField(max_length=2000)
    file_name = models.CharField(max_length=80, blank=True)
    file = EncryptedBytesField(null=True)
    said_by = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    said_by_name = models.CharField(max_length=64)
    institution = models.ForeignKey("institutions.Institution", null=True, on_delete=models.PROTECT, related_name="+")
    said_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["suspicion", "id"])]
        triggers = protected("suspicion_statement_append_only")

    class Privacy:
        personal = {"text": "words about a person's care", "file": "records of a person's care", "file_name": "may say what it is about", "said_by_name": "who said it"}

    def __str__(self) -> str:
        return f"{self.suspicion_id}:{self.id}"


class DueMonth(models.Model):
    """Claims of this person that were discharged in this month changed since the rules last looked."""

    resident = models.ForeignKey("residents.Resident", on_delete=models.CASCADE, related_name="+")
    month = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["resident", "month"], name="due_month_once")]

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return f"{self.resident_id} {self.month}"
