"""What is known of a resident's documents: the timeline, the newest, one document with its versions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q

from yilianti.kernel.actor import Actor
from yilianti.record.documents import access
from yilianti.record.documents.models import Document, DocumentFile, DocumentQuerySet
from yilianti.record.documents.terms import PICTURES, Kind, Status
from yilianti.record.encounters import api as encounters

SOURCE = "document"
_LIGHT = ("id", "number", "authored_at", "kind", "title", "status", "author", "institution_id", "institution__short_name", "supersedes_id")


def timeline(
    actor: Actor, resident_ids: Sequence[int], *, before: tuple[datetime, int] | None = None, limit: int = 30,
    narrowing: encounters.Narrowing | None = None, how_far: encounters.Sharing = encounters.Sharing.NO_CONSENT,
) -> list[encounters.Happening]:
    """Current documents newest first below (moment, id); one statement."""
    rows = access.visible_to(actor, how_far).current().filter(resident__in=resident_ids)
    return [_happening(row) for row in _narrowed(rows, narrowing or encounters.Narrowing()).before(before).values(*_LIGHT)[:limit]]


def hidden_count(actor: Actor, resident_ids: Sequence[int]) -> int:
    """How many current documents of this resident lie outside the actor's reach."""
    return encounters.hidden_from(actor, Document.objects.current().filter(resident__in=resident_ids), access.VIEW, access.SEALED).count()


def latest_documents(actor: Actor, resident_ids: Sequence[int], *, how_far: encounters.Sharing = encounters.Sharing.NO_CONSENT, limit: int = 6) -> list[encounters.Happening]:
    """The newest current documents."""
    return timeline(actor, resident_ids, limit=limit, how_far=how_far)


def one(actor: Actor, number: str, at: datetime) -> Document | None:
    """A document the actor may read; None for a missing and a foreign one alike."""
    whole = Document.objects.select_related("resident", "institution", "encounter", "superseded_by", "supersedes", "overtaken_by")
    found = whole.filter(number=number).first()
    if found is None:
        return None
    how_far = encounters.sharing(actor, found.resident_id, at)
    return found if access.visible_to(actor, how_far).filter(pk=found.pk).exists() else None


def line(actor: Actor, number: str, at: datetime) -> tuple[int, encounters.Happening] | None:
    """(resident id, light line) of a document the actor may read."""
    found = one(actor, number, at)
    return (found.resident_id, _happening(Document.objects.values(*_LIGHT).get(id=found.id))) if found else None


def file_of(actor: Actor, number: str, at: datetime) -> DocumentFile | None:
    """The file of a document the actor may read, with its content."""
    document = one(actor, number, at)
    return DocumentFile.objects.select_related("document").filter(document=document).first() if document else None


def file_line(document: Document) -> DocumentFile | None:
    """What is said of a document's file, without its content."""
    return DocumentFile.objects.filter(document=document).defer("content").first()


def picture(number: str) -> str:
    """Where the image of a document is shown; "" when it has none. Whoever asks for it there is asked for permission again."""
    has = DocumentFile.objects.filter(document__number=number, media__in=PICTURES).exists()
    return f"/documents/{number}/file" if has else ""


def of_encounter(encounter_number: str, actor: Actor, *, how_far: encounters.Sharing = encounters.Sharing.NO_CONSENT) -> list[encounters.Happening]:
    """Current documents of one encounter, newest first."""
    rows = access.visible_to(actor, how_far).current().filter(encounter__number=encounter_number)
    return [_happening(row) for row in rows.before(None).values(*_LIGHT)[:200]]


def versions(document: Document) -> list[Document]:
    """Every document under the same name of this resident, newest first, without texts."""
    if not document.unique_name:
        return [document]
    same = Document.objects.filter(institution=document.institution_id, unique_name=document.unique_name, resident=document.resident_id)
    return list(same.defer("body").order_by("-authored_at", "-id"))


def portable(resident_ids: Sequence[int]) -> Iterator[dict[str, Any]]:
    """Every document of a person with its text, oldest first, as plain values: for the person's own copy."""
    columns = ("number", "institution__name", "kind", "title", "status", "author", "authored_at", "body")
    yield from Document.objects.filter(resident__in=resident_ids).order_by("authored_at", "id").values(*columns).iterator(200)


def _narrowed(rows: DocumentQuerySet, by: encounters.Narrowing) -> DocumentQuerySet:
    if by.institution:
        rows = rows.filter(institution=by.institution)
    if by.kinds:
        rows = rows.filter(kind__in=by.kinds)
    if by.from_at:
        rows = rows.filter(authored_at__gte=by.from_at)
    if by.until_at:
        rows = rows.filter(authored_at__lt=by.until_at)
    if by.text:
        rows = rows.filter(Q(title__icontains=by.text) | Q(body__icontains=by.text) | Q(author__icontains=by.text) | Q(number=by.text))
    return rows


def _happening(row: dict[str, Any]) -> encounters.Happening:
    cancelled = row["status"] == Status.CANCELLED
    corrected = row["supersedes_id"] and not cancelled
    return encounters.Happening(
        source=SOURCE, id=row["id"], number=row["number"], at=row["authored_at"], title=row["title"], kind=row["kind"],
        kind_label=Kind.label(row["kind"]), institution_id=row["institution_id"], institution=row["institution__short_name"],
        note=row["author"], state=Status.CORRECTED.zh if corrected else Status.label(row["status"]), tone="idle" if cancelled else "ok",
    )
