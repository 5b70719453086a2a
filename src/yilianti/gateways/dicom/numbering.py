"""Exam numbers as accession numbers (16 characters at most) and back; unique identifiers that follow from a number."""

from __future__ import annotations

import re
from uuid import UUID, uuid5

_PLATFORM = re.compile(r"([A-Z]{2})(\d{8})-(\d{6,8})")
_OURS = UUID("0c6f2b0a-8c44-5a53-9a4e-6a1a8f3f6b57")
LONGEST = 16


def accession_of(number: str) -> str:
    """`XD20261126-000123` without its hyphen; a number that grew longer without its century."""
    found = _PLATFORM.fullmatch(number)
    if found is None:
        return number[:LONGEST]
    kind, day, serial = found.groups()
    whole = f"{kind}{day}{serial}"
    return whole if len(whole) <= LONGEST else f"{kind}{day[2:]}{serial}"


def numbers_of(accession: str) -> list[str]:
    """The numbers that an accession number may stand for: itself, and the exam's it was made of."""
    plain = accession.strip()
    found = re.fullmatch(r"([A-Z]{2})(\d{13,16})", plain)
    if found is None:
        return [plain] if plain else []
    kind, digits = found.groups()
    return [plain, f"{kind}{digits[:8]}-{digits[8:]}", f"{kind}20{digits[:6]}-{digits[6:]}"]


def uid_of(what: str, number: str, version: int = 1) -> str:
    """A unique identifier (PS3.5 B.2) that is the same whenever it is asked for."""
    return f"2.25.{uuid5(_OURS, f'{what}|{number}|{version}').int}"
