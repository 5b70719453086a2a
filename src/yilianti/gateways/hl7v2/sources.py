"""Who sends us messages: last seen, volume, success, and whether it is quieter than at this time of other days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from yilianti.gateways.hl7v2.models import Message

KNOWN_DAYS, DAY = 30, timedelta(days=1)

# `usual`: the median, over the seven days before, of messages in the same stretch of the day as the silence now.
_STATEMENT = f"""WITH seen AS (
    SELECT facility, max(institution_id) AS institution, max(received_at) AS last_at,
           count(*) FILTER (WHERE received_at >= %(today)s) AS today, count(*) FILTER (WHERE received_at >= %(week)s) AS week,
           count(*) FILTER (WHERE received_at >= %(week)s AND state = 'applied') AS applied
    FROM {Message._meta.db_table} WHERE received_at >= %(known)s AND received_at <= %(at)s AND facility <> '' GROUP BY facility)
SELECT seen.facility, seen.institution, seen.last_at, seen.today, seen.week, seen.applied,
    (SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY (
        SELECT count(*) FROM {Message._meta.db_table} m WHERE m.facility = seen.facility
        AND m.received_at > greatest(seen.last_at, %(day_ago)s) - make_interval(days => k) AND m.received_at <= %(at)s - make_interval(days => k)))
     FROM generate_series(1, 7) AS k) AS usual
FROM seen ORDER BY seen.last_at DESC"""  # noqa: S608


@dataclass(frozen=True)
class Source:
    """One sending facility over the last month. `usual` is how many messages this stretch of the day brings on other days."""

    facility: str
    institution: int | None
    last_at: datetime
    today: int
    week: int
    applied: int
    usual: int

    @property
    def success(self) -> int | None:
        """Per cent of the week's messages that were filed, rounded down: 100 means all."""
        return self.applied * 100 // self.week if self.week else None

    def is_silent(self, at: datetime, *, minutes: int, usual: int) -> bool:
        """Quiet for that long although other days bring at least `usual` messages meanwhile."""
        return at - self.last_at >= timedelta(minutes=minutes) and self.usual >= usual


def sources(at: datetime) -> list[Source]:
    """Every facility heard of within the month, the latest first; one statement however many there are."""
    midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    moments = {"at": at, "today": midnight, "week": at - 7 * DAY, "known": at - KNOWN_DAYS * DAY, "day_ago": at - DAY}
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENT, moments)
        return [Source(*row) for row in cursor.fetchall()]
