"""HL7 timestamps: YYYY[MM[DD[HH[MM[SS[.fff]]]]]][±ZZZZ]."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

_SHAPE = re.compile(r"(\d{4})(\d{2})?(\d{2})?(\d{2})?(\d{2})?(\d{2})?(?:[.,](\d{1,9}))?(?:([+-])(\d{2}):?(\d{2}))?$")


def moment(text: str) -> datetime | None:
    """The moment, without a time zone where the text has none; nothing where it is no timestamp."""
    found = _SHAPE.match(text.strip()[:40])
    if not found:
        return None
    year, month, day, hour, minute, second, fraction, sign, hours, minutes = found.groups()
    zone = None
    if sign:
        zone = timezone((1 if sign == "+" else -1) * timedelta(hours=int(hours), minutes=int(minutes) % 60)) if int(hours) < 24 else None
    try:
        whole = datetime(int(year), int(month or 1), int(day or 1), int(hour or 0), int(minute or 0), int(second or 0), tzinfo=zone)
    except ValueError:
        return None
    return whole + timedelta(microseconds=int((fraction or "0").ljust(6, "0")[:6]))
