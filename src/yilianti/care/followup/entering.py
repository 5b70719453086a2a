"""One value as somebody entered it or a device sent it, read by its kind."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from yilianti.care.followup import conditions
from yilianti.care.followup.terms import Kind

#: A number of more digits before or behind the point was not meant.
LONGEST = 9


def entered(kind: Kind, codes: set[str], raw: Any) -> tuple[conditions.Value | None, bool]:
    """What can be read of it (None: nothing), and whether that is all of it."""
    if kind is Kind.CHOICES:
        return _members(raw, codes)
    found: conditions.Value | None
    match kind:
        case Kind.NUMBER | Kind.COUNT:
            found = _number(raw, whole=kind is Kind.COUNT)
        case Kind.CHOICE:
            found = str(raw) if isinstance(raw, str | int) and not isinstance(raw, bool) and str(raw) in codes else None
        case Kind.FLAG:
            found = raw if isinstance(raw, bool) else None
        case Kind.DAY:
            found = _day(raw)
        case _:
            found = raw if isinstance(raw, str) else None
    return found, found is not None


def _number(raw: Any, *, whole: bool) -> Decimal | None:
    if isinstance(raw, bool) or not isinstance(raw, int | float | str | Decimal):
        return None
    try:
        found = Decimal(str(raw))
    except (InvalidOperation, ValueError):  # no number, or an integer of thousands of digits
        return None
    if not found.is_finite() or abs(found.adjusted()) > LONGEST or (whole and found != found.to_integral_value()):
        return None
    return Decimal(f"{found:f}")


def _members(raw: Any, codes: set[str]) -> tuple[frozenset[str] | None, bool]:
    """A member that is not known takes nothing away from the others: a danger sign beside it still counts."""
    if not isinstance(raw, list | tuple | set | frozenset) or not all(isinstance(one, str | int) for one in raw):
        return None, False
    members = frozenset(str(one) for one in raw)
    known = members & codes
    return (known if known or not members else None), known == members


def _day(raw: Any) -> date | None:
    if isinstance(raw, date):
        return raw
    try:
        return date.fromisoformat(raw)
    except (TypeError, ValueError):
        return None
