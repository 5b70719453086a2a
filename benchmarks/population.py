"""A year of referrals beside the large demo county: 20,000 of them, 1,000 still open, by COPY, the same each time."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import psycopg

REFERRALS = 20_000
SEED = 20261122
_STATES = ("concluded",) * 190 + ("submitted",) * 3 + ("accepted",) * 4 + ("arrived",) * 2 + ("discharged",)
_ILL = (("I10.x00", "高血压病"), ("I20.000", "不稳定性心绞痛"), ("E11.900", "2型糖尿病"), ("J44.900", "慢性阻塞性肺疾病"), ("I63.900", "脑梗死"))
_COLUMNS = ("number state resident_id from_institution_id from_level to_institution_id to_level diagnosis_code diagnosis_name reason reason_name urgency "
            "service summary treatment notes evidence drafted_by_id drafted_at submitted_at answer_due_at decided_by_id decided_at decline_reason "
            "decision_note appointment_at lapses_at arrived_at arrival_source encounter discharge_document follow_up_note version")


def fill(url: str, now: datetime) -> None:
    """Referrals from the homes of half of the bulk residents to the county's hospitals; needs the tables' owner."""
    with psycopg.connect(url) as connection:
        homes = connection.execute("""SELECT r.id, i.id, i.level FROM residents_resident r JOIN institutions_institution i ON i.id = r.home_id
            WHERE r.number LIKE 'JML%' AND r.id / 14 % 2 = 0 ORDER BY r.id""").fetchall()
        hospitals = connection.execute("SELECT id FROM institutions_institution WHERE level = 'county' ORDER BY id").fetchall()
        people = connection.execute("SELECT id FROM people_person ORDER BY id").fetchall()
        with connection.cursor().copy(f"COPY referral_referral ({', '.join(_COLUMNS.split())}) FROM STDIN") as copy:
            for row in _referrals(homes, [row[0] for row in hospitals], [row[0] for row in people], now):
                copy.write_row(row)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def _referrals(homes: Sequence[tuple[int, int, str]], hospitals: Sequence[int], people: Sequence[int], now: datetime) -> Iterator[Sequence[Any]]:
    chance = random.Random(SEED)
    for place in range(REFERRALS):
        resident, home, level = homes[place % len(homes)]
        state, (code, name) = chance.choice(_STATES), chance.choice(_ILL)
        at, decided = now - timedelta(minutes=(REFERRALS - place) * 20), state != "submitted"
        yield (f"BENCH{place:08d}", state, resident, home, level, chance.choice(hospitals), "county", code, name, "complex", "病情复杂",
               chance.choice(("elective", "urgent")), "inpatient", "血压控制不佳，近一周加重。", "", "", [], chance.choice(people), at, at,
               at + timedelta(days=1), chance.choice(people) if decided else None, at if decided else None, "", "",
               at + timedelta(days=1) if decided else None, at + timedelta(days=8) if decided else None,
               at if state in ("arrived", "discharged", "concluded") else None, "his" if decided else "", "", "", "", 1)
