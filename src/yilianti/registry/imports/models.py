"""The ledger of imports: the file as it came, its rows as they were judged, and what became of each."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yilianti.kernel.crypto.encryption import EncryptedBytesField, EncryptedJSONField
from yilianti.kernel.tables.layout import Verdict
from yilianti.registry.imports.terms import AT_WORK, State


class Import(models.Model):
    """One file brought by one person for one kind of table."""

    kind = models.CharField("种类", max_length=24)
    institution = models.ForeignKey("institutions.Institution", on_delete=models.PROTECT, related_name="+")
    person = models.BigIntegerField(null=True)
    person_name = models.CharField(max_length=64)
    post = models.JSONField("以哪个岗位", default=dict)
    file_name = models.CharField("文件名", max_length=160)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=State.choices(), default=State.READING.value)
    headings = models.JSONField(default=list)
    whole_or_nothing = models.BooleanField(default=False)
    total = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    refusal = models.CharField(max_length=400, blank=True)
    uploaded_at = models.DateTimeField()
    beat_at = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["institution", "kind", "-id"])]
        constraints = [
            models.UniqueConstraint(fields=["kind", "institution"], condition=Q(state=State.APPLYING.value), name="one_import_applied_at_a_time"),
            models.CheckConstraint(name="import_done_has_moment", condition=~Q(state__in=[State.DONE.value, State.UNDONE.value]) | Q(applied_at__isnull=False)),
        ]

    class Privacy:
        personal = {"person_name": "who brought the file"}

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    @property
    def is_at_work(self) -> bool:
        return self.state in AT_WORK


class ImportFile(models.Model):
    """A piece of the bytes, until the import is over: so that no file is ever whole in memory."""

    of = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="pieces")
    place = models.PositiveIntegerField(default=0)
    content = EncryptedBytesField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["of", "place"], name="import_piece_once")]

    class Privacy:
        personal = {"content": "the file as it was brought; removed when the import is over"}

    def __str__(self) -> str:
        return f"piece {self.place} of {self.of_id}"


class ImportRow(models.Model):
    """One row: as given, as judged, and what became of it. Its values go when it has been written."""

    of = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    values = EncryptedJSONField(default=dict)
    verdict = models.CharField(max_length=12, choices=Verdict.choices())
    faults = EncryptedJSONField(default=list)
    changes = EncryptedJSONField(default=dict)
    notes = EncryptedJSONField(default=list)
    ref = models.CharField(max_length=64, blank=True)
    is_made = models.BooleanField(default=False)
    is_done = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["of", "number"], name="import_row_once")]
        indexes = [models.Index(fields=["of", "verdict", "number"]), models.Index(fields=["of", "number"], condition=Q(is_done=False), name="import_rows_to_do")]

    class Privacy:
        personal = {"values": "a row of the file; emptied when written", "changes": "old and new values; emptied when written",
                    "faults": "what is wrong with a row", "notes": "what is said of a row"}  # fmt: skip

    def __str__(self) -> str:
        return f"{self.of_id}:{self.number}"


class HeadingChoice(models.Model):
    """How an institution calls a column in its own files, as somebody once told."""

    institution = models.ForeignKey("institutions.Institution", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=24)
    column = models.CharField(max_length=32)
    heading = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["institution", "kind", "column"], name="heading_chosen_once")]

    class Privacy:
        personal: dict[str, str] = {}

    def __str__(self) -> str:
        return f"{self.column} = {self.heading}"
