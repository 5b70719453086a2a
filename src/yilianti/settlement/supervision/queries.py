"""The worklist of suspicions, and one with what was said of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet, Sum

from yilianti.kernel.actor import Actor
from yilianti.kernel.pages import Slice, keyset
from yilianti.settlement.supervision import access
from yilianti.settlement.supervision.models import KnowledgePoint, Statement, Suspicion

PAGE = 30
_LIGHT = ("number", "rule", "family", "severity", "state", "institution__short_name", "resident__number", "claim", "month", "because", "amount", "confirmed", "recovered", "raised_at", "due_on", "institution_id", "resident_id")


@dataclass(frozen=True)
class Filters:
    """How the list is narrowed; empty words narrow nothing."""

    state: str = ""
    family: str = ""
    institution: int | None = None
    month: date | None = None
    text: str = ""


def _narrowed(actor: Actor, by: Filters) -> QuerySet[Suspicion]:
    rows = Suspicion.objects.filter(access.visible_to(actor))
    if by.family:
        rows = rows.filter(family=by.family)
    if by.institution is not None:
        rows = rows.filter(institution=by.institution)
    if by.month is not None:
        rows = rows.filter(month=by.month)
    if by.text:
        rows = rows.filter(Q(number__iendswith=by.text) | Q(claim__iendswith=by.text) | Q(beside__contains=[by.text]) | Q(resident__number__iendswith=by.text) | Q(because__contains=by.text))
    return rows


def worklist(actor: Actor, by: Filters, *, before: int | None = None, size: int = PAGE) -> Slice:
    """Newest first; one statement."""
    rows = _narrowed(actor, by).select_related("institution", "resident").only(*_LIGHT).order_by("-id")
    if by.state:
        rows = rows.filter(state=by.state)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return keyset(list(rows[: size + 1]), size, key=lambda one: one.id)


def counts(actor: Actor, by: Filters) -> dict[str, tuple[int, int]]:
    """State → how many, and fen in question; one statement."""
    rows = _narrowed(actor, by).order_by().values("state").annotate(many=Count("id"), fen=Sum("amount"))
    return {row["state"]: (row["many"], row["fen"]) for row in rows}


def one(actor: Actor, number: str) -> Suspicion | None:
    """A suspicion in the actor's reach."""
    return Suspicion.objects.select_related("institution", "resident", "decided_by").filter(access.visible_to(actor), number=number).first()


def statements(suspicion: Suspicion) -> list[Statement]:
    """What both sides said, oldest first, without the files."""
    return list(suspicion.statements.select_related("institution").defer("file").order_by("id"))


def of_claim(actor: Actor, claim: str) -> list[Suspicion]:
    """Suspicions about a claim or beside it: for the claim's own page."""
    return list(Suspicion.objects.filter(access.visible_to(actor)).filter(Q(claim=claim) | Q(beside__contains=[claim])).only("number", "rule", "family", "state", "amount", "because", "due_on").order_by("id"))


def knowledge(consortium: str, text: str, limit: str, day: date, *, after: int | None = None) -> Slice:
    """Points of a consortium in force on a day or later, by code or name; one statement."""
    rows = KnowledgePoint.objects.filter(Q(effective_until__isnull=True) | Q(effective_until__gt=day), consortium=consortium).order_by("id")
    if text:
        rows = rows.filter(Q(code__istartswith=text) | Q(name__contains=text))
    if limit:
        rows = rows.filter(limit=limit)
    if after is not None:
        rows = rows.filter(id__gt=after)
    return keyset(list(rows[: PAGE + 1]), PAGE, key=lambda one: one.id)
