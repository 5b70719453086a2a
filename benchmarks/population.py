"""A county's population in bulk: 50,000 residents, 200,000 encounters and 20,000 referrals (1,000 open), by COPY, the same each time."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import psycopg

from demo import names as invented
from yilianti.registry.residents import names

RESIDENTS, ENCOUNTERS, REFERRALS = 50_000, 200_000, 20_000
SEED = 20261122
_STATES = ("concluded",) * 190 + ("submitted",) * 3 + ("accepted",) * 4 + ("arrived",) * 2 + ("discharged",)
_ILL = (("I10.x00", "高血压病"), ("I20.000", "不稳定性心绞痛"), ("E11.900", "2型糖尿病"), ("J44.900", "慢性阻塞性肺疾病"), ("I63.900", "脑梗死"))


def fill(url: str, institutions: Sequence[tuple[int, str]], people: Sequence[int], now: datetime) -> None:
    """`institutions`: (id, level) of homes and receivers; `people`: ids of doctors; needs the tables' owner."""
    chance = random.Random(SEED)
    with psycopg.connect(url) as connection:
        first = connection.execute("SELECT coalesce(max(id), 0) + 1 FROM residents_resident").fetchone()[0]
        residents = list(range(first, first + RESIDENTS))
        homes = [id_ for id_, level in institutions if level in ("township", "village")]
        hospitals = [(id_, level) for id_, level in institutions if level == "county"]
        where = {resident: homes[resident % len(homes)] for resident in residents}
        _copy(connection, "residents_resident", "id number name sex born_on phone address home_id name_grams name_key version created_at",
              _residents(chance, residents, where, now))
        _copy(connection, "residents_identifier", "resident_id system issuer value created_at", _identifiers(residents, now))
        stays = list(_stays(chance, residents, where, hospitals, now))
        _copy(connection, "encounters_encounter", _ENCOUNTER, stays)
        first_stay = connection.execute("SELECT min(id) FROM encounters_encounter WHERE number LIKE 'BENCH%'").fetchone()[0]
        _copy(connection, "encounters_encounterversion", "encounter_id version change at recorded_at source content",
              ((first_stay + place, 1, "opened", stay[10], stay[10], "hl7v2:0", json.dumps({"state": "closed"})) for place, stay in enumerate(stays)))
        _copy(connection, "residents_carerelation", "resident_id institution_id since_at",
              sorted({(stay[1], stay[2]) for stay in stays} | {(r, where[r]) for r in residents}), since=now)
        levels = dict(institutions)
        _copy(connection, "referral_referral", _REFERRAL, _referrals(chance, residents, where, hospitals, levels, people, now))
        for table in ("residents_resident", "encounters_encounter", "referral_referral"):
            connection.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


_ENCOUNTER = "number resident_id institution_id visit_number kind state department ward bed doctor opened_at closed_at reason diagnoses details outcome changed_at version"
_REFERRAL = ("number state resident_id from_institution_id from_level to_institution_id to_level diagnosis_code diagnosis_name reason reason_name urgency "
             "service summary treatment notes evidence drafted_by_id drafted_at submitted_at answer_due_at decided_by_id decided_at decline_reason decision_note "
             "appointment_at lapses_at arrived_at arrival_source encounter discharge_document follow_up_note version")


def _copy(connection: psycopg.Connection, table: str, columns: str, rows: Iterable[Sequence[Any]], since: datetime | None = None) -> None:
    with connection.cursor().copy(f"COPY {table} ({', '.join(columns.split())}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([*row, since] if since else row)


def _residents(chance: random.Random, ids: Sequence[int], where: dict[int, int], now: datetime) -> Iterable[Sequence[Any]]:
    for id_ in ids:
        sex = chance.choice("12")
        name = invented.name(chance, sex)
        born_on = now.date() - timedelta(days=chance.randrange(1000, 33000))
        yield (id_, f"BENCH{id_:08d}", name, sex, born_on, f"139{id_:08d}", f"云溪县{id_ % 90}组{id_ % 60}号", where[id_], names.grams(name), names.key(name), 1, now)


def _identifiers(ids: Sequence[int], now: datetime) -> Iterable[Sequence[Any]]:
    for id_ in ids:
        yield id_, "id_card", 0, f"3499{id_:013d}X", now
        yield id_, "insurance", 0, f"BYB{id_:010d}", now


def _stays(chance: random.Random, residents: Sequence[int], where: dict[int, int], hospitals: Sequence[tuple[int, str]], now: datetime) -> Iterable[Sequence[Any]]:
    for place in range(ENCOUNTERS):
        resident = residents[place % len(residents)]
        code, name = chance.choice(_ILL)
        inside = chance.random() < 0.2
        institution = chance.choice(hospitals)[0] if inside else where[resident]
        at = now - timedelta(minutes=chance.randrange(1000, 1_500_000))
        yield (f"BENCH{place:08d}", resident, institution, f"B{place:08d}", "inpatient" if inside else "outpatient", "closed", "全科", "", "", "麦晓禾",
               at, at + timedelta(hours=1), "复诊", json.dumps([{"name": name, "code": code}]), "{}", "医嘱离院", at, 1)


def _referrals(chance: random.Random, residents: Sequence[int], where: dict[int, int], hospitals: Sequence[tuple[int, str]], levels: dict[int, str],
               people: Sequence[int], now: datetime) -> Iterable[Sequence[Any]]:
    for place in range(REFERRALS):
        resident = residents[place * 2 % len(residents)]
        state = chance.choice(_STATES)
        receiver, level = chance.choice(hospitals)
        code, name = chance.choice(_ILL)
        at = now - timedelta(minutes=(REFERRALS - place) * 20)
        decided = state != "submitted"
        yield (f"BENCH{place:08d}", state, resident, where[resident], levels[where[resident]], receiver, level, code, name, "complex", "病情复杂", chance.choice(("elective", "urgent")),
               "inpatient", "血压控制不佳，近一周加重。", "", "", [], chance.choice(people), at, at, at + timedelta(days=1), chance.choice(people) if decided else None,
               at if decided else None, "", "", at + timedelta(days=1) if decided else None, at + timedelta(days=8) if decided else None,
               at if state in ("arrived", "discharged", "concluded") else None, "his" if decided else "", "", "", "", 1)
