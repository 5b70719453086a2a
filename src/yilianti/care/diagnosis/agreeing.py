"""Who says the same, statement by statement: the first reader and the blinded second, the machine and the report."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from yilianti.care.diagnosis.counting import AS_CENTRE, Scope, begin_and_end
from yilianti.care.diagnosis.rules import figures
from yilianti.kernel.actor import Actor


@dataclass(frozen=True)
class Readers:
    """One statement of two readers: said by both, by the first alone, by the second alone, by neither."""

    code: str
    both: int
    first: int
    second: int
    neither: int

    def kappa(self, least: int) -> figures.Kappa | None:
        return figures.kappa(self.both, self.first, self.second, self.neither, least)


@dataclass(frozen=True)
class Machine:
    """One statement of machine and report: true and false positives, false negatives."""

    code: str
    right: int
    wrong: int
    missed: int

    def sensitivity(self, least: int) -> figures.Share | None:
        """Of those in the report, what the machine had said."""
        return figures.share(self.right, self.right + self.missed, least)

    def predictive(self, least: int) -> figures.Share | None:
        """Of those the machine had said, what the report kept."""
        return figures.share(self.right, self.right + self.wrong, least)


_PAIRS = """SELECT f.statements AS a, r.statements AS b FROM diagnosis_reading r JOIN diagnosis_exam e ON e.id = r.exam_id JOIN LATERAL (SELECT statements FROM diagnosis_reading f
 WHERE f.exam_id = r.exam_id AND f.kind = 'first' AND f.at <= r.at ORDER BY f.at DESC, f.id DESC LIMIT 1) f ON true
WHERE r.kind = 'second' AND r.at >= %(begin)s AND r.at < %(end)s AND e.centre_id = ANY(%(centres)s)"""
# What a machine never saw, or a report without coded statements, says nothing of the machine.
_REPORTS = """SELECT e.statements AS a, e.suggested AS b FROM diagnosis_exam e WHERE e.ordered_at >= %(begin)s AND e.ordered_at < %(end)s AND e.state = 'issued'
AND e.measured <> '{}' AND cardinality(e.statements) > 0 AND e.centre_id = ANY(%(centres)s)"""
_COUNTED = """WITH pairs AS MATERIALIZED ({pairs}), said AS (SELECT code, code = ANY(a) AS in_a, code = ANY(b) AS in_b FROM pairs, LATERAL (SELECT unnest(a) AS code UNION SELECT unnest(b)) c)
SELECT code, count(*) FILTER (WHERE in_a AND in_b), count(*) FILTER (WHERE in_a AND NOT in_b), count(*) FILTER (WHERE in_b AND NOT in_a), (SELECT count(*) FROM pairs)
FROM said GROUP BY 1 ORDER BY count(*) DESC, 1"""


def readers(actor: Actor, scope: Scope) -> tuple[list[Readers], int]:
    """Every statement said by either reader, the most frequent first; and how many second readings there are."""
    rows = _ask(_PAIRS, actor, scope)
    return [Readers(code, both, first, second, n - both - first - second) for code, both, first, second, n in rows], rows[0][4] if rows else 0


def machine(actor: Actor, scope: Scope) -> tuple[list[Machine], int]:
    """Every statement of report or machine, the most frequent first; and how many reports are compared."""
    rows = _ask(_REPORTS, actor, scope)
    return [Machine(code, right, wrong, missed) for code, right, missed, wrong, _ in rows], rows[0][4] if rows else 0


def _ask(pairs: str, actor: Actor, scope: Scope) -> list[tuple[str, int, int, int, int]]:
    begin, end = begin_and_end(scope)
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED.format(pairs=pairs), {"begin": begin, "end": end, "centres": list(actor.reaches(AS_CENTRE))})
        return list(cursor.fetchall())
