"""Years of referrals beside the large demo county: 200,000 of them, some 6,000 still open, by COPY, the same each time."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import psycopg

REFERRALS = 200_000
#: only the latest may be open, a resident at most one
_RECENT = 60_000
SEED = 20261122
_STATES = ("concluded",) * 180 + ("submitted",) * 6 + ("accepted",) * 8 + ("arrived",) * 4 + ("discharged",) * 2
_ILL = (("I10.x00", "高血压病"), ("I20.000", "不稳定性心绞痛"), ("E11.900", "2型糖尿病"), ("J44.900", "慢性阻塞性肺疾病"), ("I63.900", "脑梗死"))
_COLUMNS = ("number state resident_id from_institution_id from_level to_institution_id to_level diagnosis_code diagnosis_name reason reason_name urgency "
            "service summary treatment notes evidence drafted_by_id drafted_at submitted_at answer_due_at decided_by_id decided_at decline_reason "
            "decision_note appointment_at lapses_at arrived_at arrival_source encounter discharge_document follow_up_note version is_outside reservation channel "
            "examination medicines allergies rehabilitation contact_phone overridden override_reason redirect_consent advice expected_by expected_place "
            "outcome outcome_note to_department_id to_practitioner_id rung due_at")


def fill(url: str, now: datetime) -> None:
    """Referrals from the homes of half of the bulk residents to the county's hospitals; needs the tables' owner."""
    with psycopg.connect(url) as connection:
        homes = connection.execute("""SELECT r.id, i.id, i.level FROM residents_resident r JOIN institutions_institution i ON i.id = r.home_id
            WHERE r.number LIKE 'JML%' AND r.id / 14 % 2 = 0 ORDER BY r.id""").fetchall()
        hospitals = connection.execute("""SELECT i.id, array_agg(d.id ORDER BY d.id) FROM institutions_institution i
            JOIN institutions_department d ON d.institution_id = i.id WHERE i.level = 'county' GROUP BY 1 ORDER BY 1""").fetchall()
        people = [row[0] for row in connection.execute("SELECT id FROM people_person ORDER BY id").fetchall()]
        with connection.cursor().copy(f"COPY referral_referral ({', '.join(_COLUMNS.split())}) FROM STDIN") as copy:
            for row in _referrals(homes, hospitals, people, now):
                copy.write_row(row)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def _referrals(homes: Sequence[tuple[int, int, str]], hospitals: Sequence[tuple[int, list[int]]], people: Sequence[int], now: datetime) -> Iterator[Sequence[Any]]:
    chance, busy = random.Random(SEED), set()
    for place in range(REFERRALS):
        resident, home, level = homes[place % len(homes)]
        state, (code, name) = chance.choice(_STATES), chance.choice(_ILL)
        if state != "concluded" and (place < REFERRALS - _RECENT or resident in busy):
            state = "concluded"
        if state != "concluded":
            busy.add(resident)
        at, decided = now - timedelta(minutes=(REFERRALS - place) * 10), state != "submitted"
        hospital, departments = chance.choice(hospitals)
        yield (f"BENCH{place:08d}", state, resident, home, level, hospital, "county", code, name, "complex", "病情复杂",
               chance.choice(("elective", "urgent")), chance.choice(("inpatient", "outpatient", "examination")), "血压控制不佳，近一周加重。", "", "", [],
               chance.choice(people), at, at, at + timedelta(days=1), chance.choice(people) if decided else None, at if decided else None, "", "",
               at + timedelta(days=1) if decided else None, at + timedelta(days=8) if decided else None,
               at if state in ("arrived", "discharged", "concluded") else None, "his" if decided else "", "", "", "", 1, False, "",
               chance.choice(("ordinary",) * 40 + ("stroke", "chest_pain")), "", "[]", "[]", "", "",
               ["keep_local"] if place % 50 == 0 else [], "家属要求" if place % 50 == 0 else "", "", "", "", "", "", "", chance.choice(departments), None, 0,
               at + timedelta(days=1) if state == "submitted" else at + timedelta(days=2) if state == "accepted" else None)
