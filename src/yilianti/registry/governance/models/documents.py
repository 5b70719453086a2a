"""Charters, agreements, contracts and lists of powers: dated, in versions, with parties, clauses and files."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yilianti.kernel.models import protected
from yilianti.registry.governance.terms import ClauseKind, DocumentKind, DocumentState


class Document(models.Model):
    """One version of a document; an amendment is a new version that names the one it amends."""

    number = models.CharField("文件编号", max_length=24, unique=True)
    consortium = models.ForeignKey("institutions.Consortium", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("种类", max_length=20, choices=DocumentKind.choices())
    title = models.CharField("标题", max_length=120)
    version = models.PositiveIntegerField(default=1)
    amends = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="amended_by")
    state = models.CharField(max_length=12, choices=DocumentState.choices(), default=DocumentState.DRAFT.value)
    effective_from = models.DateField("生效日期")
    effective_until = models.DateField("到期日期", null=True, blank=True)
    drafted_by = models.ForeignKey("people.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    ended_on = models.DateField(null=True, blank=True)
    ended_because = models.CharField(max_length=200, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["consortium", "kind", "state"]),
            models.Index(fields=["effective_until"], condition=Q(state="in_force", reminded_at__isnull=True), name="document_expiring"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["amends"], condition=~Q(state="discarded"), name="one_next_version"),
            models.CheckConstraint(name="document_ends_after_start", condition=Q(effective_until__isnull=True) | Q(effective_until__gt=models.F("effective_from"))),
            models.CheckConstraint(name="ended_document_has_day", condition=~Q(state="ended") | Q(ended_on__isnull=False)),
        ]

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return f"{self.title}（第 {self.version} 版）"


class Party(models.Model):
    """An institution that is party to a document, and its signature: both of who and when, or neither."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="parties")
    institution = models.ForeignKey("institutions.Institution", on_delete=models.PROTECT, related_name="+")
    signed_by = models.CharField("签署人", max_length=48, blank=True)
    signed_on = models.DateField("签署日期", null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["document", "institution"], name="party_once_per_document"),
            models.CheckConstraint(name="signed_whole", condition=Q(signed_on__isnull=True, signed_by="") | (Q(signed_on__isnull=False) & ~Q(signed_by=""))),
        ]

    class Privacy:
        personal = {"signed_by": "name of who signed for the institution"}

    def __str__(self) -> str:
        return f"{self.document_id} · {self.institution}"


class Clause(models.Model):
    """One numbered clause: a right or a duty of a party, or a term for all."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="clauses")
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=8, choices=ClauseKind.choices())
    party = models.ForeignKey("institutions.Institution", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    text = models.TextField("内容", max_length=2000)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["document", "position"], name="clause_position_once")]

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return f"第 {self.position} 条"


class Attachment(models.Model):
    """A file that belongs to a document, known by its SHA-256; the bytes lie in the installation's files."""

    append_only = True

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="attachments")
    name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    added_by = models.CharField(max_length=64)
    added_at = models.DateTimeField()

    class Meta:
        triggers = protected()
        constraints = [models.UniqueConstraint(fields=["document", "sha256"], name="attachment_once")]

    class Privacy:
        personal = {"added_by": "staff name"}

    def __str__(self) -> str:
        return self.name
