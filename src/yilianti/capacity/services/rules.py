"""What a search for a service means, answered without a table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal

from yilianti.capacity.services.terms import MatchedBy, Offer, Searched

#: latitude and longitude in degrees
Point = tuple[Decimal | None, Decimal | None]
_EARTH_KM = 6371.0
_ORDER = {matched: place for place, matched in enumerate(MatchedBy)}


def matched_by(text: str, codes: Sequence[str], service: Searched) -> MatchedBy | None:
    """What of the service answers the words; `codes` are the diagnoses that the words name. None: nothing does."""
    if not text:
        return MatchedBy.ANYTHING
    if text in service.name:
        return MatchedBy.SERVICE
    if text in service.department:
        return MatchedBy.DEPARTMENT
    if any(text in doctor for doctor in service.doctors):
        return MatchedBy.DOCTOR
    if any(text in symptom or symptom in text for symptom in service.symptoms):
        return MatchedBy.SYMPTOM
    if treats(codes, service.diagnosis_prefixes):
        return MatchedBy.DIAGNOSIS
    return MatchedBy.INSTITUTION if text in service.institution else None


def treats(codes: Sequence[str], prefixes: Sequence[str]) -> bool:
    """Whether any of the diagnosis codes begins with one of the prefixes."""
    return any(code.upper().startswith(prefix.upper()) for code in codes for prefix in prefixes)


def straight_km(here: Point, there: Point) -> float | None:
    """The distance as the crow flies, in kilometres with one decimal; None where an end has no coordinates."""
    if None in (*here, *there):
        return None
    (north, east), (north_there, east_there) = ([math.radians(float(degrees or 0)) for degrees in point] for point in (here, there))
    half = math.sin((north_there - north) / 2) ** 2 + math.cos(north) * math.cos(north_there) * math.sin((east_there - east) / 2) ** 2
    return round(2 * _EARTH_KM * math.asin(math.sqrt(min(1.0, half))), 1)


def nearest_first(offer: Offer) -> tuple[bool, int, bool, float, bool, float, str, str]:
    """The order of a directory: on the platform before outside, the closest match, then the shortest known way, then the straight distance."""
    return (not offer.connected, _ORDER[MatchedBy(offer.matched_by)], offer.minutes is None, offer.minutes or 0, offer.straight_km is None, offer.straight_km or 0, offer.institution_name, offer.name)
