"""One timeline out of four rooms: each answers below the same key, the newest of all are shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from yilianti.care.referral import api as referral
from yilianti.kernel.actor import Actor
from yilianti.record.documents import api as documents
from yilianti.record.encounters import api as encounters
from yilianti.record.encounters.api import Happening, Narrowing
from yilianti.record.results import api as results

PAGE = 40
#: referrals of one resident are few: with filters on, this many are read and narrowed here
_REFERRALS = 200
_LAST_ID = 2**63 - 1
_TONES = {"submitted": "wait", "returned": "warn", "accepted": "info", "arrived": "info", "declined": "bad", "concluded": "ok"}
Fetch = Callable[..., list[Happening]]


@dataclass(frozen=True, order=True)
class Key:
    """Where a page of the timeline ends: moment, source, id; the next page starts below it."""

    at: datetime
    source: str
    id: int

    def __str__(self) -> str:
        return f"{self.at.isoformat()}~{self.source}~{self.id}"

    @classmethod
    def read(cls, text: str) -> Key | None:
        """A key out of an address; None when it is none."""
        parts = text.split("~")
        if len(parts) != 3 or not parts[2].isascii() or not parts[2].isdigit() or len(parts[2]) > 18:
            return None
        try:
            at = parse_datetime(parts[0])
        except ValueError:
            return None
        return cls(at, parts[1], int(parts[2])) if at is not None and timezone.is_aware(at) else None

    def below(self, source: str) -> tuple[datetime, int]:
        """The (moment, id) under which one source goes on: at the same moment, sources follow each other by name, downwards."""
        if source == self.source:
            return self.at, self.id
        return (self.at, _LAST_ID) if source < self.source else (self.at, 0)


@dataclass(frozen=True)
class Asked:
    """What a person wants to see: a source ("" for all) with kinds of it, an institution, days, a text."""

    source: str = ""
    kind: str = ""
    institution: int | None = None
    from_on: date | None = None
    until_on: date | None = None
    text: str = ""

    @property
    def is_narrow(self) -> bool:
        return self != Asked()

    def narrowing(self) -> Narrowing:
        """The same for one room; the last day counts whole."""
        return Narrowing(
            institution=self.institution, kinds=(self.kind,) if self.kind else (), from_at=_midnight(self.from_on),
            until_at=_midnight(self.until_on + timedelta(days=1)) if self.until_on and self.until_on < date.max else None, text=self.text,
        )


@dataclass(frozen=True)
class Timeline:
    """One page: days newest first with their happenings; `next_key` is "" at the end."""

    days: list[tuple[date, list[Happening]]]
    next_key: str
    count: int


def timeline(actor: Actor, resident_ids: Sequence[int], asked: Asked, *, before: Key | None = None, how_far: encounters.Sharing = encounters.Sharing.NO_CONSENT) -> Timeline:
    """The page of the merged timeline below `before`; one statement per source, however long the record is."""
    rows: list[Happening] = []
    for source, fetch in _sources(actor, resident_ids, asked, how_far).items():
        if asked.source in ("", source):
            rows += fetch(before=before.below(source) if before else None, limit=PAGE + 1)
    rows.sort(key=lambda row: (row.at, row.source, row.id), reverse=True)
    shown = rows[:PAGE]
    more = str(Key(shown[-1].at, shown[-1].source, shown[-1].id)) if len(rows) > PAGE else ""
    return Timeline(_by_day(shown), more, len(shown))


def _sources(actor: Actor, ids: Sequence[int], asked: Asked, how_far: encounters.Sharing) -> Mapping[str, Fetch]:
    named = {"encounter": encounters.timeline, "report": results.timeline, "document": documents.timeline}
    told: dict[str, Any] = {"narrowing": asked.narrowing(), "how_far": how_far}
    return {source: partial(fetch, actor, ids, **told) for source, fetch in named.items()} | {"referral": partial(_referrals, actor, ids, asked)}


def _referrals(actor: Actor, ids: Sequence[int], asked: Asked, *, before: tuple[datetime, int] | None, limit: int) -> list[Happening]:
    if not actor.may("referral.view"):
        return []
    rows = referral.timeline(actor, ids, before=before, limit=_REFERRALS if asked.is_narrow else limit)
    return [row for row in map(_from_referral, rows) if _fits(row, asked)][:limit]


def _from_referral(row: Mapping[str, Any]) -> Happening:
    return Happening(
        source="referral", id=row["id"], number=row["number"], at=row["sort_at"], title=row["title"], kind="referral", kind_label="转诊",
        institution_id=row["institution_id"], institution=row["institution"], note=row["detail"], state=row["state"],
        tone=_TONES.get(row["state_code"], "idle"),
    )


def _fits(row: Happening, asked: Asked) -> bool:
    wanted = asked.narrowing()
    return (
        (wanted.from_at is None or row.at >= wanted.from_at)
        and (wanted.until_at is None or row.at < wanted.until_at)
        and wanted.institution in (None, row.institution_id)
        and (not wanted.text or wanted.text in f"{row.title} {row.note} {row.number}")
    )


def _by_day(rows: Sequence[Happening]) -> list[tuple[date, list[Happening]]]:
    days: dict[date, list[Happening]] = {}
    for row in rows:
        days.setdefault(timezone.localtime(row.at).date(), []).append(row)
    return list(days.items())


def _midnight(day: date | None) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time.min)) if day else None
