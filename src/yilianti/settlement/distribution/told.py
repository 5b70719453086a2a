"""What stands of what was told: the latest fact of each name, and work without what was corrected."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Q, Sum

from yilianti.settlement.distribution.models import MemberFact, Work


def facts(consortium: int, year: int) -> dict[tuple[int | None, str], MemberFact]:
    """(Institution or None, name) → the fact that stands; one that was taken back is none. One statement."""
    rows = MemberFact.objects.filter(consortium=consortium, year=year).defer("file").order_by("institution", "name", "-id").distinct("institution", "name")
    return {(row.institution_id, row.name): row for row in rows if row.value}


def work(consortium: int, year: int) -> Iterator[dict[str, Any]]:
    """Kind, giver, receiver and item with their sums; a corrected line and its correction cancel out. One statement."""
    within = Q(done_on__gte=date(year, 1, 1), done_on__lt=date(year + 1, 1, 1))
    rows = Work.objects.filter(within, consortium=consortium).order_by("kind", "giver", "receiver", "item")
    for row in rows.values("kind", "giver", "receiver", "item").annotate(many=Sum("count"), amount=Sum("fen")):
        if row["many"] or row["amount"]:
            yield dict(row)

