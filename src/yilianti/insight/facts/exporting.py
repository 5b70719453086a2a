"""One step along the journal: the things that its entries touched, as their rooms know them now, written as new files."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from django.db import connection

from yilianti.insight.facts import writing
from yilianti.insight.facts.folders import Generation
from yilianti.insight.facts.models import Watermark
from yilianti.insight.facts.tables import BY_SUBJECT, TABLES
from yilianti.insight.facts.terms import Step
from yilianti.kernel import sealing

WINDOW = 2000  # seals looked at in one step: what is held in memory stays small however far behind we are
_PLACES = "institutions"

_TOUCHED = """SELECT DISTINCT e.subject FROM kernel_journalseal s JOIN kernel_journalentry e ON e.id = s.entry_id
WHERE s.number > %s AND s.number <= %s AND split_part(e.subject, ':', 1) = ANY(%s)"""


def export(mark: Watermark, generation: Generation, at: datetime) -> Step:
    """Write what the next entries touched. Nothing else changes: the step counts when the watermark is moved to it."""
    unsealed = sealing.waiting()  # asked first: what is sealed meanwhile is then below the head
    head = sealing.last_seal()
    upto = min(head, mark.sealed_number + WINDOW)
    complete = at if upto == head and not unsealed else _sealed_at(upto, mark)
    if upto == mark.sealed_number:
        return Step(upto, upto, at, max(complete, mark.complete_until), {})
    numbers, places_changed = _touched(mark.sealed_number, upto)
    touched = {
        name: writing.write(generation, TABLES[name], TABLES[name].rows(found), after=mark.sealed_number, upto=upto, at=at)
        for name, found in numbers.items()
    }
    return Step(mark.sealed_number, upto, at, max(complete, mark.complete_until), {name: months for name, months in touched.items() if months},
                places_changed)  # fmt: skip


def _touched(after: int, upto: int) -> tuple[dict[str, list[str]], bool]:
    """Table → numbers, and whether an institution was among the subjects."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_TOUCHED, [after, upto, [*BY_SUBJECT, _PLACES]])
        subjects = [row[0].partition(":") for row in cursor.fetchall()]
    for room, _, number in subjects:
        for table in BY_SUBJECT.get(room, ()):
            found[table.name].append(number)
    return dict(found), any(room == _PLACES for room, _, _ in subjects)


def _sealed_at(number: int, mark: Watermark) -> datetime:
    """Behind the head: complete as far as the last entry that was read."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed_at FROM kernel_journalseal WHERE number = %s", [number])
        row = cursor.fetchone()
    return row[0] if row else mark.complete_until
