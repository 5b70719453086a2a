"""What a settlement rests on may change as long as nobody has approved it, and only for who belonged in that year."""

from __future__ import annotations

from yilianti.kernel.finding import Refused
from yilianti.registry.institutions.api import Consortium
from yilianti.settlement.distribution import gathering
from yilianti.settlement.distribution.models import Settlement
from yilianti.settlement.distribution.terms import State

#: States in which what a settlement was reckoned from is no longer changed.
DECIDED = (State.APPROVED, State.POSTED, State.LOCKED)


def members_of(consortium: Consortium, year: int) -> set[int]:
    """Who belonged on any day of the year."""
    return gathering.belonged(consortium, year)


def require_member(consortium: Consortium, year: int, institution: int | None) -> None:
    """Refuse an institution that was no member in that year."""
    if institution is not None and institution not in members_of(consortium, year):
        raise Refused("not_a_member", f"这家机构 {year} 年不是{consortium.name}的成员；请核对。", "No member in that year.", field="institution")


def is_decided(consortium: int, year: int) -> bool:
    return Settlement.objects.filter(consortium=consortium, year=year, state__in=DECIDED).exists()


def require(consortium: int, year: int) -> None:
    """What a decided settlement rests on is no longer changed; in a transaction, where whoever is just approving goes first."""
    states = Settlement.objects.select_for_update().filter(consortium=consortium, year=year).order_by("id").values_list("state", flat=True)
    if set(states) & set(DECIDED):
        raise Refused("year_decided", f"{year} 年的清算已经批准，数据不能再改；确需更正的，请先退回清算。", "The year's settlement is decided; send it back first.")
