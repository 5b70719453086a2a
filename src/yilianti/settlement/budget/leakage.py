"""Where residents' care leaves the county: charges of care outside it by disease and by township, with its share of all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet, Sum

from yilianti.registry.institutions import api as institutions
from yilianti.registry.institutions.api import Level
from yilianti.settlement.budget.models import Charged, Package
from yilianti.settlement.budget.terms import PlaceOfCare
from yilianti.settlement.fund.api import UNIT, half_up

_UNKNOWN = "未建档"


@dataclass
class Leak:
    """A disease or a township: fen charged outside the county, in all, and how many claims outside."""

    key: str
    name: str
    outside: int = 0
    whole: int = 0
    claims: int = 0

    @property
    def share(self) -> int:
        """Outside of all its own, in basis points; never of nothing."""
        return half_up(self.outside * UNIT, self.whole) if self.whole > 0 else 0


def by_disease(package: Package, month: date | None, most: int = 10) -> list[Leak]:
    """Categories of principal diagnoses, the dearest outside first; the name is whatever the caller makes of the code."""
    return _worst(_gathered(package, month, "disease", lambda key: (str(key), str(key))), most)


def by_township(package: Package, month: date | None, most: int = 10) -> list[Leak]:
    """Townships where residents are registered, the dearest outside first."""
    homes = set(_rows(package, month).values_list("home", flat=True).distinct())
    of = townships(homes)
    return _worst(_gathered(package, month, "home", lambda key: of.get(key, ("", _UNKNOWN))), most)


def townships(homes: Iterable[int | None]) -> dict[int | None, tuple[str, str]]:
    """Home → key and name of the township above it, or its own where there is none; two statements."""
    known = institutions.many(homes)
    above = {int(step) for home in known.values() for step in home.path.split("/") if step}
    over = institutions.many(above)
    found: dict[int | None, tuple[str, str]] = {}
    for key, home in known.items():
        chain = [over[int(step)] for step in reversed(home.path.split("/")) if step and int(step) in over]
        seat = next((one for one in chain if one.level == Level.TOWNSHIP), home)
        found[key] = (str(seat.id), seat.short_name)
    return found


def _rows(package: Package, month: date | None) -> QuerySet[Charged]:
    rows = Charged.objects.filter(package=package).order_by()
    return rows.filter(month=month) if month is not None else rows


def _gathered(package: Package, month: date | None, by: str, named: Callable[[Any], tuple[str, str]]) -> Mapping[str, Leak]:
    """Fen by place, then claims of care outside alone: to count claims once each, lines are sorted, and most lines are of care inside. Two statements."""
    rows, found = _rows(package, month), dict[str, Leak]()

    def leak(key: Any) -> Leak:
        code, name = named(key)
        return found.setdefault(code, Leak(code, name))

    for key, place, fen in rows.values_list(by, "place").annotate(Sum("fen")):
        leak(key).whole += int(fen)
        if place == PlaceOfCare.OUTSIDE:
            leak(key).outside += int(fen)
    for key, claims in rows.filter(place=PlaceOfCare.OUTSIDE.value).values_list(by).annotate(Count("claim", distinct=True)):
        leak(key).claims += claims
    return found


def _worst(found: Mapping[str, Leak], most: int) -> list[Leak]:
    return sorted((one for one in found.values() if one.outside), key=lambda one: (-one.outside, one.key))[:most]
