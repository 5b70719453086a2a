"""Lists and counts of what leaves the platform, always through `visible_to`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q, QuerySet

from yilianti.gateways.outbound import access, rules
from yilianti.gateways.outbound.models import Attempt, Destination, Outgoing
from yilianti.gateways.outbound.terms import OPEN, State
from yilianti.kernel.actor import Actor


@dataclass(frozen=True)
class Narrowing:
    """Filters of the list; `before` is the id at which the last page ended."""

    state: str = ""
    destination: int | None = None
    text: str = ""
    before: int | None = None


@dataclass(frozen=True)
class Standing:
    """The outbox at a glance: how much waits, since when, what stands still, which lines are down."""

    waiting: int
    oldest_at: datetime | None
    parked: int
    sent: int
    silent: int


def messages(actor: Actor, narrowing: Narrowing, size: int) -> list[Outgoing]:
    """Newest first, one more than `size` where there are more; the content is not fetched."""
    rows: QuerySet[Outgoing] = Outgoing.objects.filter(access.visible_to(actor)).select_related("destination__institution").defer("payload")
    if narrowing.state:
        rows = rows.filter(state=narrowing.state)
    if narrowing.destination:
        rows = rows.filter(destination=narrowing.destination)
    if narrowing.text:
        rows = rows.filter(Q(kind__istartswith=narrowing.text) | Q(control_id=narrowing.text.upper()) | Q(subject__icontains=narrowing.text))
    if narrowing.before:
        rows = rows.filter(id__lt=narrowing.before)
    return list(rows.order_by("-id")[: size + 1])


def message(actor: Actor, number: int) -> Outgoing | None:
    return Outgoing.objects.filter(access.visible_to(actor), id=number).select_related("destination__institution", "resident").first()


def about(subject: str) -> list[Outgoing]:
    """What left or waits to leave about a subject, the latest first; for doors that show it beside the thing itself."""
    return list(Outgoing.objects.filter(subject=subject).select_related("destination").defer("payload").order_by("-id")[:50])


def tries(row: Outgoing) -> list[Attempt]:
    """Every attempt, newest first."""
    return list(Attempt.objects.filter(outgoing=row).order_by("-id")[:100])


def ahead_of(row: Outgoing) -> Outgoing | None:
    """The earlier message of the same subject that holds this one back."""
    earlier = Outgoing.objects.filter(destination=row.destination_id, subject=row.subject, id__lt=row.pk, state__in=OPEN)
    return earlier.order_by("id").first() if row.state in OPEN else None


def standing(actor: Actor, at: datetime) -> Standing:
    """Counts by state; what was sent in the last 24 hours."""
    rows = Outgoing.objects.filter(access.visible_to(actor))
    open_ones = rows.filter(state__in=OPEN).aggregate(
        waiting=Count("id", filter=Q(state=State.WAITING)), oldest=Min("queued_at", filter=Q(state=State.WAITING)), parked=Count("id", filter=Q(state=State.PARKED)),
    )  # fmt: skip
    sent = rows.filter(state__in=(State.SENT, State.ACKNOWLEDGED), sent_at__gte=at - timedelta(days=1)).count()
    silent = Destination.objects.filter(access.destinations_visible_to(actor), active=True, failing_since__isnull=False).count()
    return Standing(open_ones["waiting"], open_ones["oldest"], open_ones["parked"], sent, silent)


def destinations(actor: Actor) -> list[Destination]:
    """Destinations within reach, with how much waits and stands still at each."""
    rows = Destination.objects.filter(access.destinations_visible_to(actor)).select_related("institution")
    counted = rows.annotate(waiting=Count("outgoing", filter=Q(outgoing__state=State.WAITING)), parked=Count("outgoing", filter=Q(outgoing__state=State.PARKED)))
    return list(counted.order_by("institution__short_name", "name"))


def destination(actor: Actor, number: int) -> Destination | None:
    return Destination.objects.filter(access.destinations_visible_to(actor), id=number).select_related("institution").first()


def wanting(institution: int, channel: str, event: str) -> list[Destination]:
    """Destinations of an institution in use that want to be told of an event."""
    return list(Destination.objects.filter(institution=institution, channel=channel, active=True, wants__contains=[event]).order_by("id"))


def last_echo(destination: int) -> Outgoing | None:
    """The latest test message of a destination."""
    return Outgoing.objects.filter(destination=destination, kind="echo").order_by("-id").first()


def control_id(key: str) -> str:
    """The control id a message queued under this key carries."""
    return rules.control_id(key)
