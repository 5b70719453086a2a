"""People's years of benefits, held while their claims are filed or priced: two at once would each miss what the other files."""

from __future__ import annotations

from collections.abc import Iterable

from yilianti.settlement.claims.models import BenefitYear

Years = set[tuple[int, int]]


def hold(asked: Iterable[tuple[int, int]]) -> Years:
    """Lock (resident, year) rows in one order, made where there are none; the set of them."""
    wanted = sorted(set(asked))
    BenefitYear.objects.bulk_create([BenefitYear(resident_id=resident, year=year) for resident, year in wanted], ignore_conflicts=True)
    rows = BenefitYear.objects.select_for_update().filter(resident__in={one for one, _ in wanted}, year__in={year for _, year in wanted})
    return {(row.resident_id, row.year) for row in rows.order_by("resident_id", "year")} & set(wanted)
