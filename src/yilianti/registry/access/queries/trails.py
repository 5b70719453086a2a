"""The trails as the auditor reads them: who looked at whom, what happened at the door, the journal and its seals."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from yilianti.kernel import sealing
from yilianti.kernel.actor import Actor
from yilianti.kernel.models import JournalEntry, JournalSeal
from yilianti.kernel.pages import Slice, keyset
from yilianti.registry.access import access
from yilianti.registry.access.models import AccessLog, SecurityEvent
from yilianti.registry.access.terms import FOUND_BROKEN, VERIFIED
from yilianti.registry.residents import api as residents

PAGE = 50


@dataclass(frozen=True)
class LogFilters:
    """Whose looks, at whom, where from, when (whole days, both included)."""

    resident: str = ""
    person: int | None = None
    institution: int | None = None
    from_on: date | None = None
    until_on: date | None = None
    from_at: datetime | None = None
    until_at: datetime | None = None


@dataclass(frozen=True)
class JournalFilters:
    """Which entries: subject and word by their beginning, the rest exactly."""

    subject: str = ""
    word: str = ""
    institution: int | None = None
    person: int | None = None
    resident: str = ""
    from_on: date | None = None
    until_on: date | None = None


@dataclass(frozen=True)
class Chain:
    """How the chain stands: last number and when it was sealed, entries waiting, the last whole check."""

    number: int
    sealed_at: datetime | None
    waiting: int
    checked_at: datetime | None
    checked_by: str
    broken: str


def looks(actor: Actor, filters: LogFilters, *, before: int | None = None, size: int = PAGE) -> Slice:
    """One keyset page of looks made from the institutions whose log the actor may read, the newest first."""
    rows = AccessLog.objects.filter(institution__in=actor.reaches(access.VIEW_LOG))
    rows = _on_days(rows, filters.from_on, filters.until_on)
    if filters.from_at:
        rows = rows.filter(at__gte=filters.from_at)
    if filters.until_at:
        rows = rows.filter(at__lte=filters.until_at)
    if filters.resident:
        rows = rows.filter(resident__in=_ids_of(filters.resident))
    if filters.person:
        rows = rows.filter(person=filters.person)
    if filters.institution:
        rows = rows.filter(institution=filters.institution)
    return _newest_first(rows, before, size)


def last_looks(*, person: int, residents: Collection[int], since: datetime, apart_from: Collection[str] = ()) -> dict[int, datetime]:
    """When this person last looked at each of these residents since a moment; looks whose purpose begins with one of `apart_from` do not count."""
    rows = AccessLog.objects.filter(person=person, resident__in=residents, at__gte=since)
    for purpose in apart_from:
        rows = rows.exclude(purpose__startswith=purpose)
    return dict(rows.values_list("resident").annotate(Max("at")))


def looks_at(number: str, *, before: int | None = None, size: int = PAGE) -> Slice:
    """Everybody who looked at one resident, from whichever institution, the newest first: for the resident themselves."""
    return _newest_first(AccessLog.objects.filter(resident__in=_ids_of(number)), before, size)


def door_events(actor: Actor, *, kind: str = "", username: str = "", before: int | None = None, size: int = PAGE) -> Slice:
    """What happened at the door of the whole platform; accounts have no consortium of their own."""
    rows = SecurityEvent.objects.all() if actor.may(access.VIEW_JOURNAL) else SecurityEvent.objects.none()
    rows = rows.filter(kind=kind) if kind else rows
    rows = rows.filter(username=username) if username else rows
    return _newest_first(rows, before, size)


def entries(actor: Actor, filters: JournalFilters, *, before: int | None = None, size: int = PAGE) -> Slice:
    """One keyset page of the journal, the newest first: what concerns the actor's institutions, or none at all."""
    rows = _on_days(JournalEntry.objects.filter(_concerns(actor)), filters.from_on, filters.until_on)
    if filters.subject:
        rows = rows.filter(subject__startswith=filters.subject)
    if filters.word:
        rows = rows.filter(word__startswith=filters.word)
    if filters.institution:
        place = filters.institution
        rows = rows.filter(Q(actor_institution=place) | Q(from_institution=place) | Q(to_institution=place))
    if filters.person:
        rows = rows.filter(actor_person=filters.person)
    if filters.resident:
        rows = rows.filter(resident__in=_ids_of(filters.resident))
    return _newest_first(rows, before, size)


def chain() -> Chain:
    """The last seal, how many entries wait for one, and the last whole check."""
    last = JournalSeal.objects.order_by("-number").first()
    checked = JournalEntry.objects.filter(word__in=[VERIFIED, FOUND_BROKEN]).order_by("-id").first()
    broken = checked.facts.get("sentence", "") if checked and checked.word == FOUND_BROKEN else ""
    return Chain(
        last.number if last else 0, last.sealed_at if last else None, sealing.waiting(),
        checked.at if checked else None, checked.actor_name if checked else "", broken,
    )  # fmt: skip


def _concerns(actor: Actor) -> Q:
    reach = actor.reaches(access.VIEW_JOURNAL)
    # What machines file names its institution among the facts; what names neither place nor resident is the platform's own.
    nobody = Q(actor_institution__isnull=True, from_institution__isnull=True, to_institution__isnull=True)
    filed = nobody & Q(facts__institution__in=sorted(reach))
    platform = nobody & Q(resident__isnull=True) & ~Q(facts__has_key="institution")
    return Q(actor_institution__in=reach) | Q(from_institution__in=reach) | Q(to_institution__in=reach) | filed | platform


def _ids_of(number: str) -> frozenset[int]:
    """The resident of that number and everyone merged with them; nobody for an unknown number."""
    found = residents.by_number(number.strip().upper())
    return residents.all_ids(found.pk) if found else frozenset()


def _on_days(rows: QuerySet, from_on: date | None, until_on: date | None) -> QuerySet:
    if from_on:
        rows = rows.filter(at__gte=_midnight(from_on))
    if until_on and until_on < date.max:  # the last day there is has no day after it, and narrows nothing
        rows = rows.filter(at__lt=_midnight(until_on + timedelta(days=1)))
    return rows


def _midnight(day: date) -> datetime:
    zone = timezone.get_current_timezone()
    assert isinstance(zone, ZoneInfo)
    return datetime.combine(day, time.min, tzinfo=zone)


def _newest_first(rows: QuerySet, before: int | None, size: int) -> Slice:
    rows = rows.filter(id__lt=before) if before else rows
    return keyset(list(rows.order_by("-id")[: size + 1]), size, key=lambda row: row.id)
