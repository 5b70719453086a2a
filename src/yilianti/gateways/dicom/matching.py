"""Whether an answer fits what was asked (PS3.4 C.2.2.2): single values, lists of UIDs, wildcards, ranges; and the answer cut to the keys asked for."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from fnmatch import fnmatchcase
from typing import Any

from django.utils import timezone
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset

from yilianti.gateways.dicom.attributes import day, text

_CONTROL = {"SpecificCharacterSet", "QueryRetrieveLevel", "TimezoneOffsetFromUTC"}
_RANGED = {"DA", "TM", "DT"}


def charset(asked: Dataset) -> str:
    """GB18030 for whoever asks in a Chinese set, UTF-8 for everybody else: no other set holds Chinese names."""
    said = text(asked, "SpecificCharacterSet").upper()
    return "GB18030" if "GB" in said or "58" in said else "ISO_IR 192"


def fits(asked: Dataset, told: Dataset) -> bool:
    """Every key with a value is met; an empty one is met by anything, and so is one that we do not know."""
    return all(_fits(key, told) for key in asked if key.keyword not in _CONTROL and not key.tag.is_private)


def _fits(key: DataElement, told: Dataset) -> bool:
    if key.VR == "SQ":
        items = told.get(key.keyword)
        return not key.value or not key.value[0] or (bool(items) and any(fits(key.value[0], item) for item in items))
    wanted = _values(key.value)
    if not wanted or key.keyword not in told:
        return True
    held = _values(told[key.keyword].value) or [""]
    return any(_one(key.VR, one, other) for one in wanted for other in held)


def _values(value: Any) -> list[str]:
    many = value if isinstance(value, list | tuple) or type(value).__name__ == "MultiValue" else [value]
    return [str(one).strip() for one in many if one is not None and str(one).strip()]


def _one(kind: str, wanted: str, held: str) -> bool:
    if kind in _RANGED and "-" in wanted:
        start, _, end = wanted.partition("-")
        return (not start or _padded(held, "0") >= _padded(start, "0")) and (not end or _padded(held, "0") <= _padded(end, "9"))
    if kind in _RANGED:
        return held.startswith(wanted)
    if kind == "PN":
        return any(fnmatchcase(group, _plain(wanted)) for group in [_plain(held), *map(_plain, held.split("="))])
    if kind in ("UI", "IS", "DS", "US"):
        return held == wanted
    return fnmatchcase(held, re.sub(r"\[", "[[]", wanted))


def _padded(value: str, filler: str) -> str:
    return value.replace(":", "").replace(".", "").ljust(20, filler)


def _plain(name: str) -> str:
    """A name without its separators, so that 苏^禾 and 苏禾 are one; a bracket is no pattern."""
    return re.sub(r"[\^=\s]", "", name).lower().replace("[", "[[]")


def cut(asked: Dataset, told: Dataset) -> Dataset:
    """The answer with the keys that were asked for, in their sequences too; an empty sequence asks for all of it."""
    answer = Dataset()
    for key in asked:
        if key.keyword == "SpecificCharacterSet" or key.tag.is_private:
            continue
        if key.keyword not in told:
            answer.add(DataElement(key.tag, key.VR, [] if key.VR == "SQ" else None))
        elif key.VR == "SQ" and key.value and key.value[0]:
            answer.add(DataElement(key.tag, "SQ", [cut(key.value[0], item) for item in told[key.keyword].value]))
        else:
            answer.add(told[key.keyword])
    answer.SpecificCharacterSet = charset(asked)
    return answer


def days(asked: Dataset, keyword: str) -> tuple[datetime | None, datetime | None]:
    """The moments between which a date key lies; (None, None) where it does not say."""
    said = text(asked, keyword)
    start, dash, end = said.partition("-")
    first, last = day(start), day(end if dash else start)
    return _moment(first, time.min), _moment(last, time.max)


def _moment(on: date | None, at: time) -> datetime | None:
    return timezone.make_aware(datetime.combine(on, at)) if on else None
