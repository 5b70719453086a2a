"""Statements: signed lines of one institution, and what was said of them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yilianti.kernel.crypto.encryption import EncryptedBytesField, EncryptedTextField
from yilianti.kernel.models import protected
from yilianti.settlement.distribution.models.years import Run, Settlement, person
from yilianti.settlement.distribution.terms import Line, StatementState


class Statement(models.Model):
    """One version of one institution's statement. `content` is the canonical JSON that `signature` covers; the state alone changes."""

    number = models.CharField("清算单编号", max_length=24)
    settlement = models.ForeignKey(Settlement, on_delete=models.PROTECT, related_name="statements")
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="statements")
    institution = models.ForeignKey("institutions.Institution", on_delete=models.PROTECT, related_name="+")
    version = models.PositiveSmallIntegerField("版本", default=1)
    previous = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="following")
    state = models.CharField(max_length=12, choices=StatementState.choices(), default=StatementState.PREPARED.value)
    final = models.BigIntegerField("应付")
    content = models.BinaryField()
    algorithm = models.CharField(max_length=8)
    certificate = models.TextField()
    signature = models.BinaryField()
    prepared_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = person()
    #: the last day to confirm or dispute; silence is no consent, finance and head are told once (`overdue_told_on`)
    confirm_by = models.DateField(null=True)
    overdue_told_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number", "version"], name="statement_version_once"),
            models.UniqueConstraint(fields=["settlement", "institution"], condition=~Q(state="superseded"), name="one_statement_stands"),
            models.CheckConstraint(name="statement_confirmed_has_when", condition=~Q(state__in=("confirmed", "approved", "posted", "locked")) | Q(confirmed_at__isnull=False)),
            models.CheckConstraint(name="statement_first_has_none_before", condition=Q(version=1, previous__isnull=True) | Q(version__gt=1, previous__isnull=False)),
        ]
        indexes = [models.Index(fields=["institution", "-id"])]

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return f"{self.number} v{self.version}"


class StatementLine(models.Model):
    """One line: what for, how much, by which step of the run, policy and resolution; `changed` against the version before."""

    append_only = True

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    key = models.CharField("项目", max_length=24, choices=Line.choices())
    fen = models.BigIntegerField("金额")
    step = models.CharField(max_length=24)
    policy_ref = models.CharField(max_length=160, blank=True)
    authority = models.CharField("决议", max_length=200, blank=True)
    changed = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["statement", "key"], name="statement_line_once")]
        ordering = ["statement", "position"]
        triggers = protected("statement_line_append_only")

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return f"{self.statement_id} {self.key}"


class Remark(models.Model):
    """What one side said with a step of a statement, of which line, with evidence where it gave any."""

    append_only = True

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="remarks")
    verb = models.CharField(max_length=12)
    line = models.CharField("项目", max_length=24, blank=True)
    text = EncryptedTextField(max_length=2000)
    file_name = models.CharField(max_length=80, blank=True)
    file = EncryptedBytesField(null=True)
    said_by = person()
    said_by_name = models.CharField(max_length=64)
    institution = models.ForeignKey("institutions.Institution", null=True, on_delete=models.PROTECT, related_name="+")
    said_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="dispute_names_a_line", condition=~Q(verb="dispute") | ~Q(line=""))]
        indexes = [models.Index(fields=["statement", "id"])]
        triggers = protected("statement_remark_append_only")

    class Privacy:
        personal = {"text": "may name staff", "file": "may name staff or patients", "file_name": "may say what it is about", "said_by_name": "who said it"}

    def __str__(self) -> str:
        return f"{self.statement_id}:{self.id}"
