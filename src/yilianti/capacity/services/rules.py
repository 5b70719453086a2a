"""What a search for a service means, answered without a table."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from decimal import Decimal

from yilianti.capacity.services.terms import MatchedBy, Offer, Searched
from yilianti.kernel.finding import Finding, Severity

#: latitude and longitude in degrees
Point = tuple[Decimal | None, Decimal | None]
_EARTH_KM = 6371.0
#: the fewest and the most minutes of a way
MINUTES = (1, 2880)
#: how long one word of a list may be
LONGEST = {"symptoms": 16, "diagnosis_prefixes": 12}
_LISTED = {"symptoms": "症状", "diagnosis_prefixes": "诊断编码"}
_PREFIX = re.compile(r"[A-Za-z][0-9A-Za-z.+*]*")
_KM = re.compile(r"\d{1,5}(?:\.\d)?")
_PARTING = re.compile(r"[、，,；;\s]+")
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


def words(text: str) -> tuple[str, ...]:
    """Words parted by 、 , ; or blanks, each once."""
    return tuple(dict.fromkeys(word for word in _PARTING.split(text) if word))


def misspelt(key: str, said: Sequence[str]) -> list[Finding]:
    """Words of a list ("symptoms", "diagnosis_prefixes") that cannot be kept, one sentence for the first."""
    long = next((word for word in said if len(word) > LONGEST[key]), "")
    if long:
        return [_fault(key, f"“{long}”超过 {LONGEST[key]} 个字；{_LISTED[key]}请一个个写，用顿号分开。")]
    odd = next((word for word in said if key == "diagnosis_prefixes" and not _PREFIX.fullmatch(word)), "")
    return [_fault(key, f"“{odd}”不像 ICD-10 编码；请以字母开头，如 I21，几个用顿号分开。")] if odd else []


def minutes(text: str) -> int | None:
    """The minutes of a way; None where the text names none that can be."""
    found = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
    return found if MINUTES[0] <= found <= MINUTES[1] else None


def kilometres(text: str) -> Decimal | None:
    """Kilometres with at most one decimal; None where the text names none."""
    return Decimal(text) if _KM.fullmatch(text) else None


def _fault(code: str, sentence: str) -> Finding:
    return Finding(code, sentence, severity=Severity.BLOCKING)
