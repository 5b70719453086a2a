"""People's years of benefits, held while their claims are filed or priced: two at once would each miss what the other files."""

from __future__ import annotations

from collections.abc import Iterable

from yilianti.registry.residents import api as residents
from yilianti.settlement.claims.models import BenefitYear

Years = set[tuple[int, int]]


def hold(asked: Iterable[tuple[int, int]]) -> Years:
    """Lock the years of these (resident, year), in one order; whoever is merged with somebody shares a lock with them. The set asked for."""
    wanted = set(asked)
    whole = residents.groups(resident for resident, _ in wanted)
    held = sorted({(min(whole[resident]), year) for resident, year in wanted})
    BenefitYear.objects.bulk_create([BenefitYear(resident_id=resident, year=year) for resident, year in held], ignore_conflicts=True)
    rows = BenefitYear.objects.select_for_update().filter(resident__in={one for one, _ in held}, year__in={year for _, year in held})
    list(rows.order_by("resident_id", "year").values_list("id"))
    return wanted
