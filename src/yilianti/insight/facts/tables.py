"""The fact tables of all rooms: a new one is a room's `FACTS`, named here."""

from __future__ import annotations

import hashlib
from collections import defaultdict

from yilianti.care.diagnosis import api as diagnosis
from yilianti.care.referral import api as referral
from yilianti.kernel.facts import FactTable
from yilianti.record.encounters import api as encounters

TABLES: dict[str, FactTable] = {table.name: table for table in (referral.FACTS, encounters.FACTS, *diagnosis.FACTS)}
#: A thing may be told in several tables: an exam, and its readings.
BY_SUBJECT: dict[str, list[FactTable]] = defaultdict(list)
for _table in TABLES.values():
    BY_SUBJECT[_table.subject].append(_table)

#: Columns that every file has beside the room's own: the journal seal up to which the row is complete, and when it was read.
KNOWN_SEAL, KNOWN_FROM = "known_seal", "known_from"


def shape() -> str:
    """One fingerprint of all columns: when it changes the files are made anew."""
    return hashlib.sha256("\n".join(table.shape for table in TABLES.values()).encode()).hexdigest()
