"""Many more residents and encounters, copied into the tables in bulk: for measuring, and for demonstrating at scale."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from demo import illnesses
from demo import names as invented
from demo.places import COUNTY, PLACES, TOWNSHIPS
from demo.villagers import VILLAGES
from demo.visits import DOCTORS, township_of
from yilianti.kernel.crypto import encryption
from yilianti.registry.institutions.models import Institution
from yilianti.registry.residents import names

#: size → residents, encounters
SIZES = {"medium": (5_000, 20_000), "large": (50_000, 200_000)}
SEED = 20261123
_RESIDENT = "id number name sex born_on phone phone_odd phone_even address household home_id name_grams name_key version created_at"
_IDENTIFIER = "resident_id system issuer value value_odd value_even created_at"
_RELATION = "resident_id institution_id since_at"
_ENCOUNTER = ("id number resident_id institution_id visit_number kind state department ward bed doctor reason diagnoses details opened_at closed_at "
              "outcome changed_at version")
_VERSION = "encounter_id version change at recorded_at source content"


def load(size: str, *, progress: Callable[[str], object], at: datetime) -> None:
    """Add the residents and encounters of `size` to the small county, in the caller's transaction."""
    residents, encounters = SIZES[size]
    chance, started = random.Random(SEED), time.monotonic()  # noqa: S311
    homes = _homes()
    first = _take_ids("residents_resident", residents)
    where = [homes[n % len(homes)] for n in range(residents)]
    _copy("residents_resident", _RESIDENT, _residents(chance, first, where, at))
    progress(f"批量装入：{residents} 名居民（{time.monotonic() - started:.0f} 秒）")
    _copy("residents_identifier", _IDENTIFIER, ((first + n, "insurance", 0, *_hashed("residents_identifier.value", f"YBL{n:010d}"), at) for n in range(residents)))
    stays = list(_stays(chance, first, where, encounters, at))
    _copy("encounters_encounter", _ENCOUNTER, stays)
    _copy("encounters_encounterversion", _VERSION, (_version(stay) for stay in stays))
    met = {(stay[2], stay[3]) for stay in stays} | {(first + n, home) for n, (_, home, _) in enumerate(where)}
    _copy("residents_carerelation", _RELATION, ((*pair, at) for pair in sorted(met)))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE residents_resident, residents_identifier, residents_carerelation, encounters_encounter")
    progress(f"批量装入：{encounters} 次就诊（{time.monotonic() - started:.0f} 秒）")


def _homes() -> list[tuple[str, int, int]]:
    """(key, institution id, id of its township) of every village and township."""
    ids = {row["code"]: row["id"] for row in Institution.objects.values("code", "id")}
    places = {place.key: ids[place.code] for place in PLACES}
    return [(key, places[key], places[township_of(key)]) for key in [*(place.key for place in VILLAGES), *TOWNSHIPS]]


def _residents(chance: random.Random, first: int, where: Sequence[tuple[str, int, int]], at: datetime) -> Iterator[Sequence[Any]]:
    for n, (_, home, _) in enumerate(where):
        who = invented.person(chance, n, at.date())
        yield (first + n, f"JML{n:08d}", who.name, who.sex, who.born_on, *_hashed("residents_resident.phone", f"1390{n:07d}"),
               encryption.encrypt("residents_resident.address", f"云溪县{n % 8 + 1}组{n % 60 + 1}号".encode()), b"", home, names.grams(who.name), names.key(who.name), 1, at)  # fmt: skip


def _hashed(purpose: str, value: str) -> tuple[bytes | None, ...]:
    """A value as its row keeps it: encrypted, with its keyed hashes."""
    return encryption.encrypt(purpose, value.encode()), *encryption.keyed_hashes(purpose, value)


def _stays(chance: random.Random, first: int, where: Sequence[tuple[str, int, int]], how_many: int, at: datetime) -> Iterator[tuple[Any, ...]]:
    county = Institution.objects.get(code=next(place.code for place in PLACES if place.key == COUNTY)).id
    first_stay, nothing = _take_ids("encounters_encounter", how_many), encryption.encrypt("encounters_encounter.details", b"{}")
    for n in range(how_many):
        home = where[n % len(where)]
        course = illnesses.COURSES[illnesses.choose(chance)]
        inside = chance.random() < 0.2
        opened = at - timedelta(minutes=chance.randrange(1_000, 1_500_000))
        closed = opened + (timedelta(days=chance.randint(4, 9)) if inside else timedelta(hours=1))
        diagnosis = course.severe if inside else course.diagnosis
        yield (first_stay + n, f"JZL{n:08d}", first + n % len(where), county if inside else home[2], f"L{n:08d}", "inpatient" if inside else "outpatient",
               "closed", course.ward if inside else "全科门诊", course.ward if inside else "", "", DOCTORS[course.ward] if inside else DOCTORS[township_of(home[0])],
               course.complaint, json.dumps([{"code": diagnosis[0], "name": diagnosis[1], "kind": "final"}], ensure_ascii=False), nothing, opened, closed,
               "医嘱离院", closed, 1)  # fmt: skip


def _version(stay: tuple[Any, ...]) -> Sequence[Any]:
    """The one version behind a row: what the row says."""
    row = dict(zip(_ENCOUNTER.split(), stay, strict=True))
    content = {"resident": row["resident_id"], "kind": row["kind"], "state": row["state"], "opened_at": row["opened_at"].isoformat(),
               "closed_at": row["closed_at"].isoformat(), "outcome": row["outcome"], "diagnoses": json.loads(row["diagnoses"]), "details": {}}  # fmt: skip
    content |= {name: row[name] for name in ("department", "ward", "bed", "doctor", "reason")}
    return row["id"], 1, "closed", row["closed_at"], row["closed_at"], "demo:bulk", encryption.encrypt("encounters_encounterversion.content", json.dumps(content, ensure_ascii=False).encode())


def _take_ids(table: str, how_many: int) -> int:
    """The first of so many ids in a row; taken from the sequence, which the application may use but not set."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(nextval(pg_get_serial_sequence(%s, 'id'))) FROM generate_series(1, %s)", [table, how_many])
        return int(cursor.fetchone()[0])


def _copy(table: str, columns: str, rows: Iterable[Sequence[Any]]) -> None:
    """COPY rows into a table on the caller's connection."""
    connection.ensure_connection()
    with connection.connection.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(columns.split())}) FROM STDIN") as into:
        for row in rows:
            into.write_row(row)
