"""What a worklist is narrowed to and how it is ordered: each condition is served by an index of `models`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Reverse
from django.utils import timezone

from yilianti.care.referral.models import Referral
from yilianti.care.referral.terms import OPEN, Channel
from yilianti.kernel.pages import numbered
from yilianti.registry.residents import api as residents

#: later than any promise: what nobody has promised stands last
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
_OPEN = Q(state__in=OPEN)
_SHORTEST_END, _SHORTEST_BEGINNING = 4, 8
_FEW = 1000
_BY_PROMISE = ("placed_at", "id")
#: what is said to fall due soon
SOON = timedelta(hours=24)


#: referrals with `placed_at`, the moment they are ordered by
Rows = QuerySet[Any]


@dataclass(frozen=True)
class Filters:
    """What a worklist is narrowed to; empty means everything."""

    box: str = "all"
    state: str = ""
    urgency: str = ""
    #: end or beginning of a number, or a resident by name, initials or number
    text: str = ""
    #: codes of the diagnoses that the text may also mean
    codes: tuple[str, ...] = ()
    #: levels, as "township>county"
    route: str = ""
    service: str = ""
    #: a channel, or "green" for any of them
    channel: str = ""
    #: at the one end or the other
    institution: int | None = None
    department: int | None = None
    #: who applied or is asked for
    doctor: int | None = None
    #: beginning of a diagnosis code
    disease: str = ""
    since: date | None = None
    until: date | None = None
    #: its promise is broken at this moment, or will be within a day; with both, either
    overdue_at: datetime | None = None
    soon_at: datetime | None = None
    overridden: bool = False
    batch: int | None = None
    #: "promise" for open ones by the nearest promise; else the newest first, within a period by submission
    sort: str = ""


_NARROWS: dict[str, Callable[[Any], Q]] = {
    "state": lambda value: Q(state=value),
    "urgency": lambda value: Q(urgency=value),
    "route": lambda value: Q(from_level=value.partition(">")[0], to_level=value.partition(">")[2]),
    "service": lambda value: Q(service=value),
    "channel": lambda value: _through(value),
    "institution": lambda value: Q(from_institution=value) | Q(to_institution=value),
    "department": lambda value: Q(to_department=value),
    "doctor": lambda value: Q(drafted_by=value) | Q(to_practitioner=value),
    "disease": lambda value: Q(diagnosis_code__startswith=value),
    "since": lambda value: Q(submitted_at__gte=_midnight(value)),
    "until": lambda value: Q(submitted_at__lt=_midnight(date.fromordinal(value.toordinal() + 1))),
    "overridden": lambda value: ~Q(overridden=[]),
    "batch": lambda value: Q(batch=value),
}


def narrowed(rows: QuerySet[Referral], filters: Filters) -> QuerySet[Referral]:
    """The rows that every filter but the text lets through."""
    found = Q()
    for name, condition in _NARROWS.items():
        value = getattr(filters, name)
        if value or (value == 0 and value is not False):  # nobody and nothing found is narrowed to, too
            found &= condition(value)
    return rows.filter(found & _due(filters.overdue_at, filters.soon_at))


def _through(channel: str) -> Q:
    """Green channels are few and have an index of their own."""
    green = ~Q(channel=Channel.ORDINARY.value)
    return green if channel == "green" else Q(channel=channel) if channel == Channel.ORDINARY else green & Q(channel=channel)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day))  # noqa: DTZ001 - made aware here


def _due(overdue_at: datetime | None, soon_at: datetime | None) -> Q:
    """Past its limit, within a day of it, or either; a constraint sees to it that only what is open has one."""
    if overdue_at is None and soon_at is None:
        return Q()
    until = overdue_at if soon_at is None else soon_at + SOON
    # What lies within a day is few and read from the index of limits; all that is overdue may be much, and is met newest first.
    return Q(due_at__lt=until) & (Q() if overdue_at else _OPEN & Q(due_at__gte=soon_at))


def page(rows: QuerySet[Referral], filters: Filters, *, after: str, size: int) -> QuerySet[Any]:
    """(id, moment it is ordered by) of the rows that come next; `after` is the key of the last row shown, spelt the same."""
    placed, order = _ordered(rows, filters)
    plain = (F("due_at").asc(nulls_last=True), F("id").asc()) if order == _BY_PROMISE else order  # what an index holds
    ways = [_beyond(way, order, after).order_by(*sort).values_list("id", "placed_at")[:size] for way, sort in _ways(placed, filters, order, plain)]
    return ways[0] if len(ways) == 1 else ways[0].union(*ways[1:]).order_by(*order)[:size]


def _ordered(rows: QuerySet[Referral], filters: Filters) -> tuple[Rows, tuple[str, str]]:
    """Each order follows an index: that of the period, the few open ones, or the numbers themselves."""
    if filters.sort == "promise":
        return rows.filter(_OPEN).annotate(placed_at=Coalesce(F("due_at"), Value(NEVER))), _BY_PROMISE
    if filters.since or filters.until:
        return rows.annotate(placed_at=F("submitted_at")), ("-placed_at", "-id")
    return rows.annotate(placed_at=Value(NEVER)), ("-id", "placed_at")


def _beyond(rows: Rows, order: Sequence[str], after: str) -> Rows:
    told_id, _, moment = after.partition("~")
    last = numbered(told_id)
    if last is None:
        return rows
    if order[0] == "-id":
        return rows.filter(id__lt=last)
    try:
        placed_at = datetime.fromisoformat(moment)
    except ValueError:
        return rows
    if order == _BY_PROMISE:
        unpromised = Q(due_at__isnull=True)
        return rows.filter(unpromised, id__gt=last) if placed_at == NEVER else rows.filter(unpromised | Q(due_at__gt=placed_at) | Q(due_at=placed_at, id__gt=last))
    return rows.filter(placed_at__lte=placed_at).exclude(placed_at=placed_at, id__gte=last)


def _ways(rows: Rows, filters: Filters, order: Sequence[str], plain: Sequence[Any]) -> list[tuple[Rows, Sequence[Any]]]:
    """What a text may mean, one query each with its order: together in one condition no index would serve them."""
    if not filters.text:
        return [(rows, plain)]
    number = filters.text.upper()
    ways: list[tuple[Rows, Sequence[Any]]] = []
    if number.isascii() and any(map(str.isdigit, number)):
        if len(number) >= _SHORTEST_BEGINNING:
            ways.append((rows.filter(number__startswith=number), _by_hand(order)))
        if len(number) >= _SHORTEST_END:
            ways.append((rows.alias(backwards=Reverse("number")).filter(backwards__startswith=number[::-1]), _by_hand(order)))
    if (borne := _borne(filters.text, order, plain)) is not None:
        ways.append((rows.filter(borne[0]), borne[1]))
    if filters.codes:
        ways.append((rows.filter(diagnosis_code__in=filters.codes), plain))
    return ways or [(rows.none(), plain)]


def _by_hand(order: Sequence[str]) -> list[Any]:
    """The same order that no index gives: else the planner walks the whole list in search of a few."""
    plain = {"id": F("id") + 0, "placed_at": Coalesce(F("placed_at"), Value(NEVER))}
    return [plain[name.removeprefix("-")].desc() if name.startswith("-") else plain[name].asc() for name in order]


def _borne(text: str, order: Sequence[str], plain: Sequence[Any]) -> tuple[Q, Sequence[Any]] | None:
    """Of residents who may be meant: a few are named one by one, because the planner cannot know how few they are."""
    people = residents.sought(text)
    if people is None:
        return None
    few = list(people.values_list("id", flat=True)[: _FEW + 1])
    if len(few) > _FEW:
        return Q(resident__in=people), plain
    return (Q(resident__in=few), _by_hand(order)) if few else None
