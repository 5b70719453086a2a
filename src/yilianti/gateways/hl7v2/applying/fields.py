"""Readers of HL7 data types as Chinese hospital systems fill them: moments, names, doctors, addresses, codes.

Source: HL7 v2.5.1 chapter 2A (DTM, XPN, XCN, XAD, XTN, CE/CWE).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

from yilianti.gateways.hl7v2.parsing import Field, Segment

CHINA = timezone(timedelta(hours=8))
_MOMENT = re.compile(
    r"(\d{4})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:\.(\d{1,6})\d*)?)?)?)?)?)?(?:([+-])(\d{2})(\d{2}))?\Z")
_CHINESE = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")


class BadValue(ValueError):
    """A field that is filled but cannot be what its type says."""


@dataclass(frozen=True)
class Code:
    """A coded value as the sender gave it."""

    code: str = ""
    text: str = ""
    system: str = ""

    def __bool__(self) -> bool:
        return bool(self.code or self.text)

    @property
    def label(self) -> str:
        return self.text or self.code


def moment(text: str) -> datetime | None:
    """A DTM as an aware datetime (China time unless it carries an offset); None when empty, BadValue when senseless."""
    text = text.strip()
    if not text or text == '""':
        return None
    found = _MOMENT.match(text)
    if not found:
        raise BadValue(text)
    year, month, day, hour, minute, second, fraction, sign, zone_hours, zone_minutes = found.groups()
    zone = CHINA
    if sign:
        shift = timedelta(hours=int(zone_hours), minutes=int(zone_minutes))
        if shift > timedelta(hours=14):
            raise BadValue(text)
        zone = timezone(shift if sign == "+" else -shift)
    if not 1850 <= int(year) <= 2200:
        raise BadValue(text)
    try:
        # 24:00 and second 60 are written by some systems; neither is worth a refusal.
        made = datetime(int(year), int(month or 1), int(day or 1), int(hour or 0) % 24, int(minute or 0),
                        min(int(second or 0), 59), int((fraction or "0").ljust(6, "0")), tzinfo=zone)
    except ValueError:
        raise BadValue(text) from None
    return (made + timedelta(days=1) if hour == "24" else made).astimezone(UTC)


def day(text: str) -> date | None:
    """The calendar day a DTM names, as written; None when empty or when it names only a year or month."""
    text = text.strip()
    if not text or text == '""':
        return None
    if not re.match(r"\d{8}", text):
        if re.fullmatch(r"\d{4}(\d{2})?", text):
            return None
        raise BadValue(text)
    try:
        made = date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        raise BadValue(text) from None
    if not 1850 <= made.year <= 2200:
        raise BadValue(text)
    return made


def person_name(segment: Segment, number: int) -> str:
    """The name to show: a Chinese one before others, family before given, no space inside Chinese."""
    names = [_spoken(field) for field in segment.repetitions(number)]
    names = [name for name in names if name]
    return next((name for name in names if _CHINESE.search(name)), names[0] if names else "")


def _spoken(field: Field) -> str:
    parts = [field.component(n).strip() for n in (1, 2, 3)]
    return _joined(parts)


def _joined(parts: list[str]) -> str:
    parts = [part for part in parts if part]
    return ("" if all(_CHINESE.search(part) for part in parts) else " ").join(parts)


def staff_name(segment: Segment, number: int) -> str:
    """An XCN's name, or its number where it carries no name; the first repetition that says something."""
    for field in segment.repetitions(number):
        name = _joined([field.component(n).strip() for n in (2, 3, 4)])
        if name or field.component(1).strip():
            return (name or field.component(1).strip())[:64]
    return ""


def principal_name(segment: Segment, number: int) -> str:
    """An NDL's name (OBR-32): number, family, given as subcomponents; some systems write an XCN instead."""
    field = segment.first(number)
    if not field:
        return ""
    name = _joined([field.component(1, n).strip() for n in (2, 3)]) or _joined([field.component(n).strip() for n in (2, 3)])
    return (name or field.component(1).strip())[:64]


def address(segment: Segment, number: int) -> str:
    """An XAD as one line: province, city, street in Chinese; the written order otherwise."""
    field = segment.first(number)
    if not field:
        return ""
    street, other, city, province, post, country = (field.component(n).strip() for n in range(1, 7))
    # SAD: the line, the street, the number; a western address has the number first.
    street = " ".join(part for part in (street, field.component(1, 2).strip(), field.component(1, 3).strip()) if part)
    if _CHINESE.search(street + city + province):
        return "".join(part for part in (province, city, street, other) if part)[:160]
    return ", ".join(part for part in (street, other, city, province, post, country) if part)[:160]


def telephone(segment: Segment, *numbers: int) -> str:
    """The first telephone number of the named fields."""
    for number in numbers:
        for field in segment.repetitions(number):
            said = field.component(1).strip() or field.component(12).strip()
            said = said or (field.component(6) + field.component(7)).strip()
            if said:
                return said[:32]
    return ""


def code(field: Field) -> Code:
    """A CE or CWE: its first triple, else its alternate, else its original text."""
    if not field:
        return Code()
    parts = [part.strip() for part in field.components()] + [""] * 9
    if parts[0] or parts[1]:
        return Code(parts[0][:64], parts[1] or parts[8], parts[2][:32])
    return Code(parts[3][:64], parts[4] or parts[8], parts[5][:32])


def line(field: Field) -> str:
    """A repetition as readable text: its components with spaces between."""
    return " ".join(part.strip() for part in field.components() if part.strip())


def lines(segment: Segment, number: int) -> str:
    """A text field, its repetitions as lines."""
    return segment.text(number).strip()
