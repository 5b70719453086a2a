"""Lists of messages and mappings, always through `visible_to`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, QuerySet

from yilianti.gateways.hl7v2.access import visible_to
from yilianti.gateways.hl7v2.models import CodeMapping, Message
from yilianti.gateways.hl7v2.terms import State
from yilianti.kernel.actor import Actor

_LIGHT = ("id", "received_at", "application", "facility", "control_id", "kind", "state", "answer", "refusal", "place", "findings",
          "institution__short_name", "resident_id", "attempts")


@dataclass(frozen=True)
class Narrowing:
    """Filters of the message list; `before` is the id at which the last page ended."""

    state: str = ""
    facility: str = ""
    kind: str = ""
    from_at: datetime | None = None
    until_at: datetime | None = None
    before: int | None = None


def messages(actor: Actor, narrowing: Narrowing, size: int) -> list[Message]:
    """Messages newest first, one more than `size` where there are more; the raw bytes are not fetched."""
    rows: QuerySet[Message] = Message.objects.filter(visible_to(actor)).select_related("institution").only(*_LIGHT)
    if narrowing.state:
        rows = rows.filter(state=narrowing.state)
    if narrowing.facility:
        rows = rows.filter(facility=narrowing.facility)
    if narrowing.kind:
        rows = rows.filter(kind__startswith=narrowing.kind)
    if narrowing.from_at:
        rows = rows.filter(received_at__gte=narrowing.from_at)
    if narrowing.until_at:
        rows = rows.filter(received_at__lt=narrowing.until_at)
    if narrowing.before:
        rows = rows.filter(id__lt=narrowing.before)
    return list(rows.order_by("-id")[: size + 1])


def message(actor: Actor, number: int) -> Message | None:
    """One message with its bytes, or None where it does not exist for this actor."""
    return Message.objects.filter(visible_to(actor), id=number).select_related("institution", "resident").first()


def waiting(actor: Actor) -> int:
    """How many refused messages wait for mending."""
    return Message.objects.filter(visible_to(actor)).waiting().count()


def day_counts(actor: Actor, at: datetime) -> dict[str, int]:
    """Messages of the last 24 hours by state."""
    since = at - timedelta(days=1)
    rows = Message.objects.filter(visible_to(actor), received_at__gte=since).values_list("state").annotate(Count("id"))
    counted = dict(rows)
    return {state.value: counted.get(state.value, 0) for state in State}


def mappings(actor: Actor, institution: int | None = None) -> list[CodeMapping]:
    """Code mappings within reach."""
    rows = _mappings(actor)
    if institution:
        rows = rows.filter(institution=institution)
    return list(rows[:2000])


def mapping(actor: Actor, number: int) -> CodeMapping | None:
    """One mapping within reach."""
    return _mappings(actor).filter(id=number).first()


def _mappings(actor: Actor) -> QuerySet[CodeMapping]:
    rows = CodeMapping.objects.select_related("institution")
    return rows if actor.is_system else rows.filter(institution__in=actor.reaches("hl7v2.map") | actor.reaches("hl7v2.view"))
