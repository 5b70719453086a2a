"""How the centre works, counted: turnaround, queue, readers, recordings, critical values. A statement each, over what the actor oversees or sent.

The monthly figures that are compared and kept are cards of insight; here they are taken apart by hour, member and person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection

from yilianti.kernel.actor import Actor
from yilianti.kernel.months import span

AS_MEMBER, AS_CENTRE = "diagnosis.quality", "diagnosis.oversee"


@dataclass(frozen=True)
class Scope:
    """Exams ordered in these months, of one member or all, of one kind (`working`, `off`, `urgent`) or all."""

    first: date
    last: date
    member: int | None = None
    kind: str = ""


class Pace(NamedTuple):
    """How fast one kind, or one hour of the day, was: counts, and seconds at the median and the ninetieth per cent."""

    key: Any
    sent: int
    written: int
    written_on_time: int
    issued: int
    issued_on_time: int
    written_seconds: list[float | None]
    issued_seconds: list[float | None]


class Recorded(NamedTuple):
    """Recordings of a member (`person` None) or of one who records there."""

    member: int
    person: str | None
    recordings: int
    rejected: int
    sound: int
    anyway: int


class Worked(NamedTuple):
    """What one physician read."""

    name: str
    first: int
    first_on_time: int
    audited: int
    decided: int
    second: int


class Told(NamedTuple):
    """Critical values of a member (None: all), and how long the read-back took in seconds."""

    member: int | None
    found: int
    told_on_time: int
    acknowledged: int
    resolved: int
    seconds: list[float | None]


class Queue(NamedTuple):
    """What waits now."""

    to_read: int
    reading: int
    to_audit: int
    conference: int
    late: int


_KIND = "CASE WHEN e.urgency <> 'routine' THEN 'urgent' WHEN e.off_hours THEN 'off' ELSE 'working' END"
_MINE = "(e.institution_id = ANY(%(members)s) OR e.centre_id = ANY(%(centres)s)) AND (%(member)s::bigint IS NULL OR e.institution_id = %(member)s)"
_SEEN = f"""SELECT e.*, {_KIND} AS kind, i.at AS first_issued_at FROM diagnosis_exam e LEFT JOIN diagnosis_issuedreport i ON i.exam_id = e.id AND i.version = 1
WHERE e.ordered_at >= %(begin)s AND e.ordered_at < %(end)s AND e.sent_at IS NOT NULL AND e.state <> 'cancelled' AND {_MINE}
AND (%(kind)s = '' OR {_KIND} = %(kind)s)"""  # noqa: S608 - constants only
_PACE = """count(*), count(written_at), count(*) FILTER (WHERE written_at <= written_due_at), count(first_issued_at), count(*) FILTER (WHERE first_issued_at <= audited_due_at),
percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY extract(epoch FROM written_at - sent_at)),
percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY extract(epoch FROM first_issued_at - sent_at))"""
_KINDS = f"SELECT coalesce(kind, 'all'), {_PACE} FROM ({_SEEN}) s GROUP BY GROUPING SETS ((kind), ())"  # noqa: S608 - constants only
_HOURS = f"SELECT date_part('hour', sent_at AT TIME ZONE 'Asia/Shanghai')::int AS hour, {_PACE} FROM ({_SEEN}) s GROUP BY 1 ORDER BY 1"  # noqa: S608 - constants only
# An exam is looked for a month further back than its recording: it may have been sent long after it was ordered.
_SENT = "e.ordered_at >= %(earlier)s AND e.ordered_at < %(end)s"
_RECORDINGS = f"""SELECT e.institution_id AS member, e.acquired_by_id AS person, false AS rejected, '' AS reason, e.sent_anyway <> '' AS anyway,
 NOT jsonb_path_exists(e.quality, '$[*] ? (@.severity == "warning" || @.severity == "blocking")') AS sound FROM diagnosis_exam e
WHERE {_SENT} AND e.sent_at >= %(begin)s AND e.sent_at < %(end)s AND e.state <> 'cancelled' AND {_MINE}
AND NOT EXISTS (SELECT 1 FROM diagnosis_rejection r WHERE r.exam_id = e.id AND r.sent_at >= e.sent_at)
UNION ALL SELECT e.institution_id, r.acquired_by_id, true, r.reason, r.was_sent_anyway, cardinality(r.findings) = 0
FROM diagnosis_rejection r JOIN diagnosis_exam e ON e.id = r.exam_id WHERE {_SENT} AND r.sent_at >= %(begin)s AND r.sent_at < %(end)s AND {_MINE}"""  # noqa: S608 - constants only
_RECORDED = f"""SELECT s.member, CASE WHEN grouping(s.person) = 1 THEN NULL ELSE coalesce(max(p.name), '') END, count(*), count(*) FILTER (WHERE s.rejected),
 count(*) FILTER (WHERE s.sound), count(*) FILTER (WHERE s.anyway) FROM ({_RECORDINGS}) s LEFT JOIN people_person p ON p.id = s.person
GROUP BY GROUPING SETS ((s.member), (s.member, s.person)) ORDER BY 1, 3 DESC"""  # noqa: S608 - constants only
_REASONS = f"SELECT reason, count(*) FROM ({_RECORDINGS}) s WHERE rejected GROUP BY 1 ORDER BY 2 DESC, 1"  # noqa: S608 - constants only
_WORKED = """SELECT p.name, count(*) FILTER (WHERE r.kind = 'first'), count(*) FILTER (WHERE r.kind = 'first' AND r.at <= e.written_due_at), count(*) FILTER (WHERE r.kind = 'audit'),
 count(*) FILTER (WHERE r.kind = 'decision'), count(*) FILTER (WHERE r.kind = 'second') FROM diagnosis_reading r JOIN diagnosis_exam e ON e.id = r.exam_id
 JOIN people_person p ON p.id = r.reader_id WHERE r.at >= %(begin)s AND r.at < %(end)s AND e.centre_id = ANY(%(centres)s) AND r.kind IN ('first', 'audit', 'decision', 'second')
 AND (%(member)s::bigint IS NULL OR e.institution_id = %(member)s) GROUP BY p.id ORDER BY count(*) DESC, p.name"""
_TOLD = f"""SELECT e.institution_id, count(*), count(*) FILTER (WHERE c.found_at <= e.written_due_at), count(*) FILTER (WHERE c.acknowledged_at <= c.found_at + %(ringing)s),
 count(c.resolved_at), percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY extract(epoch FROM c.acknowledged_at - c.found_at))
FROM diagnosis_criticalvalue c JOIN diagnosis_exam e ON e.id = c.exam_id WHERE c.found_at >= %(begin)s AND c.found_at < %(end)s AND c.state <> 'corrected' AND {_MINE}
GROUP BY GROUPING SETS ((e.institution_id), ()) ORDER BY 1 NULLS FIRST"""  # noqa: S608 - constants only
_QUEUE = """SELECT count(*) FILTER (WHERE state = 'queued' OR (state = 'reading' AND claimed_until <= %(now)s)), count(*) FILTER (WHERE state = 'reading' AND claimed_until > %(now)s),
 count(*) FILTER (WHERE state = 'concluded'), count(*) FILTER (WHERE state = 'conference'),
 count(*) FILTER (WHERE CASE WHEN state IN ('queued', 'reading') THEN written_due_at ELSE audited_due_at END < %(now)s) FROM diagnosis_exam
WHERE state IN ('queued', 'reading', 'concluded', 'conference') AND centre_id = ANY(%(centres)s)"""


def paces(actor: Actor, scope: Scope) -> dict[str, Pace]:
    """By kind, and `all` together; empty where nothing was sent."""
    return {row[0]: Pace(*row) for row in _ask(_KINDS, actor, scope) if row[1]}


def hours(actor: Actor, scope: Scope) -> list[Pace]:
    """By the hour of the day at which they were sent; hours without any are absent."""
    return [Pace(*row) for row in _ask(_HOURS, actor, scope)]


def recorded(actor: Actor, scope: Scope) -> list[Recorded]:
    """Each member, followed by those who record there."""
    return sorted((Recorded(*row) for row in _ask(_RECORDED, actor, scope)), key=lambda row: (row.member, row.person is not None))


def reasons(actor: Actor, scope: Scope) -> list[tuple[str, int]]:
    """Why recordings were sent back, the most frequent first."""
    return [(row[0], row[1]) for row in _ask(_REASONS, actor, scope)]


def worked(actor: Actor, scope: Scope) -> list[Worked]:
    """The physicians of the centres one oversees, the busiest first."""
    return [Worked(*row) for row in _ask(_WORKED, actor, scope)]


def told(actor: Actor, scope: Scope, minutes: int) -> list[Told]:
    """Critical values of all, then of each member; acknowledged are those read back within so many minutes."""
    return [Told(*row) for row in _ask(_TOLD, actor, scope, ringing=timedelta(minutes=minutes)) if row[1]]


def queue(actor: Actor, now: datetime) -> Queue:
    """What the centres one oversees have before them."""
    return Queue(*_ask(_QUEUE, actor, None, now=now)[0])


def begin_and_end(scope: Scope) -> tuple[datetime, datetime]:
    return span(scope.first)[0], span(scope.last)[1]


def _ask(statement: str, actor: Actor, scope: Scope | None, **more: Any) -> list[tuple[Any, ...]]:
    values: dict[str, Any] = {"members": list(actor.reaches(AS_MEMBER)), "centres": list(actor.reaches(AS_CENTRE)), **more}
    if scope is not None:
        begin, end = begin_and_end(scope)
        values |= {"begin": begin, "end": end, "earlier": begin - timedelta(days=31), "member": scope.member, "kind": scope.kind}
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
