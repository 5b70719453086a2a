"""The ledger, and the rows of one import."""

from __future__ import annotations

from django.db.models import QuerySet

from yilianti.kernel.actor import Actor
from yilianti.kernel.pages import Slice, keyset
from yilianti.kernel.tables.layout import Verdict
from yilianti.registry.imports import access
from yilianti.registry.imports.models import Import, ImportRow

PAGE, LEDGER_PAGE = 50, 20


def ledger(actor: Actor, *, kind: str = "", before: int | None = None, size: int = LEDGER_PAGE) -> Slice:
    """Imports in view, newest first; one statement."""
    rows = Import.objects.filter(access.visible_to(actor)).select_related("institution").order_by("-id")
    rows = rows.filter(kind=kind) if kind else rows
    rows = rows.filter(id__lt=before) if before is not None else rows
    return keyset(list(rows[: size + 1]), size, key=lambda one: one.id)


def one(actor: Actor, import_id: int) -> Import | None:
    return Import.objects.filter(access.visible_to(actor), id=import_id).select_related("institution").first()


def rows_of(one: Import, verdict: str, *, after: int = 0, size: int = PAGE) -> Slice:
    """Rows of one verdict in the order of the file; those written have nothing left to show."""
    if one.applied_at and verdict != Verdict.ERROR:
        return Slice([], "")
    rows = ImportRow.objects.filter(of=one, verdict=verdict, number__gt=after).order_by("number")
    return keyset(list(rows[: size + 1]), size, key=lambda row: row.number)


def errors_of(import_id: int) -> QuerySet[ImportRow]:
    return ImportRow.objects.filter(of=import_id, verdict=Verdict.ERROR.value).order_by("number")


def written(one: Import) -> int:
    """Rows that have been dealt with so far."""
    return one.rows.filter(is_done=True).count()


def opened_accounts(import_id: int) -> bool:
    return ImportRow.objects.filter(of=import_id, ref__contains="account:").exists()
