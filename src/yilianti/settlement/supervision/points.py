"""Knowledge points of a consortium, as rules ask them on a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from yilianti.settlement.supervision.models import KnowledgePoint
from yilianti.settlement.supervision.terms import Point


@dataclass(frozen=True)
class Dated:
    """A point and the days on which it holds."""

    point: Point
    effective_from: date
    effective_until: date | None


def of(consortium: str) -> list[Dated]:
    """Every point a consortium has or had, each with the document it comes from; one statement."""
    rows = KnowledgePoint.objects.filter(consortium=consortium).order_by("id")
    return [Dated(Point(row.limit, row.code, row.name, row.sex, row.age_from, row.age_until, f"{row.document} {row.edition}"), row.effective_from, row.effective_until) for row in rows]


def on(dated: Sequence[Dated], day: date) -> list[Point]:
    return [one.point for one in dated if one.effective_from <= day and (one.effective_until is None or day < one.effective_until)]
