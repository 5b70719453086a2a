"""A county's year for benchmarks: residents, bills and their charge lines made inside the server, the same each time.

Some 12 % of the bills are stays; one in ten is of the employees' fund, one in twenty of people insured elsewhere, one in a hundred has no price, one in a hundred was withdrawn.
Shares are made by a plain formula: how bills are priced is measured by `benchmarks/claims.py`. Versions and prices behind a bill are not made: settling reads none.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg

LINES = 10
YEAR = 2026
#: Below this the keys of what a scene of the tests has made.
_H = "(hashint8extended({0}, {1}) & 2147483647)"
_AMOUNT = f"CASE WHEN c.kind = 'inpatient' THEN 5000 + {_H.format('c.n * 16 + k', 3)} % 200000 ELSE 200 + {_H.format('c.n * 16 + k', 3)} % 6000 END"
_SURNAMES, _GIVEN = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂兰文华建国玉英红梅"


def members(county: Any, townships: int, clinics: int) -> dict[str, list[int]]:
    """Below the scene's hospital: four more of the county, township centres that belong and village clinics below them. Keys by level; a clinic's centre stands at the same place."""
    from yilianti.registry.access.tests import factories as staff
    from yilianti.registry.institutions.models import Consortium, Membership

    union, hospitals, centres, below, above = Consortium.objects.get(code="yunxi"), [county.hospital], [county.township], [county.clinic], [county.township]
    hospitals += [staff.institution(f"县属医院{number}", level="county", kind="county_hospital") for number in range(2, 6)]
    centres += [staff.institution(f"第{number}卫生院") for number in range(2, townships + 1)]
    for place in (*hospitals[1:], *centres[1:]):
        Membership.objects.create(consortium=union, institution=place, role="member", from_on=staff.LONG_AGO)
    for number in range(2, clinics + 1):
        above.append(centres[number % len(centres)])
        below.append(staff.institution(f"第{number}村卫生室", parent=above[-1], level="village", kind="village_clinic"))
    return {"hospitals": [one.pk for one in hospitals], "centres": [one.pk for one in centres], "clinics": [one.pk for one in below], "above": [one.pk for one in above]}


def fill(url: str, scale: int, places: Mapping[str, list[int]], say: Any) -> None:
    """So many residents and bills, ten lines a bill, as the database's superuser: indexes are made again behind the rows, checks hold while they are written."""
    with psycopg.connect(url) as connection:
        connection.execute("SET session_replication_role = replica")  # foreign keys and append-only triggers: the rows are right by their making
        for table, write in (("residents_resident", _residents), ("claims_claim", _claims), ("claims_charge", _charges)):
            began = time.perf_counter()
            with _indexes_behind(connection, table):
                write(connection, scale, places)
            say(f"{table} {time.perf_counter() - began:.0f} s")
        connection.commit()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


@contextmanager
def _indexes_behind(connection: psycopg.Connection, table: str) -> Iterator[None]:
    """Indexes that no constraint owns, dropped and made again as they were."""
    made = connection.execute("SELECT i.indexname, i.indexdef FROM pg_indexes i LEFT JOIN pg_constraint c ON c.conname = i.indexname WHERE i.tablename = %s AND c.oid IS NULL", [table]).fetchall()
    for name, _ in made:
        connection.execute(f'DROP INDEX "{name}"')
    yield
    for _, definition in made:
        connection.execute(definition)


def _insert(connection: psycopg.Connection, model: Any, given: Mapping[str, str], source: str, values: Any = ()) -> None:
    """Columns as given; every other as the model leaves it."""
    columns = {field.column: given.get(field.column, _left(field)) for field in model._meta.concrete_fields}
    connection.execute(f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) SELECT {', '.join(columns.values())} {source}", values)  # noqa: S608
    connection.execute(f"SELECT setval(pg_get_serial_sequence('{model._meta.db_table}', 'id'), (SELECT max(id) FROM {model._meta.db_table}))")  # noqa: S608


def _left(field: Any) -> str:
    if field.null:
        return "NULL"
    kind, default = field.get_internal_type(), field.get_default()
    if kind == "ArrayField":
        return "'{}'"
    if kind == "JSONField":
        return "'{}'::jsonb"
    return "''" if kind in ("CharField", "TextField", "BinaryField") else str(default).lower()


def _residents(connection: psycopg.Connection, scale: int, places: Mapping[str, list[int]]) -> None:
    from yilianti.registry.residents import names
    from yilianti.registry.residents.models import Resident

    called = [f"{one}{first}{second}" for one in _SURNAMES for first in _GIVEN for second in _GIVEN[::4]]
    connection.execute("CREATE TEMP TABLE called (at int PRIMARY KEY, name text, grams text[], key text)")
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO called VALUES (%s, %s, %s, %s)", [(at, name, names.grams(name), names.key(name)) for at, name in enumerate(called)])
    given = {
        "id": "%(base)s + n", "number": "'JB' || lpad(n::text, 9, '0')", "name": "called.name", "sex": "(1 + n %% 2)::text", "born_on": f"date '1936-01-01' + ({_H.format('n', 1)} %% 32000)::int",
        "standing": "''", "home_id": "(%(clinics)s::bigint[])[1 + n %% %(many)s]", "name_grams": "called.grams", "name_key": "called.key", "created_at": "timestamptz '2020-01-01 08:00+08'",
        "merged_into_id": "CASE WHEN n %% 1000 = 7 THEN %(base)s + n - 1 END",
    }  # fmt: skip
    values = {"base": _last(connection, "residents_resident"), "scale": scale, "clinics": places["clinics"], "many": len(places["clinics"]), "names": len(called)}
    _insert(connection, Resident, given, "FROM generate_series(1, %(scale)s) n JOIN called ON called.at = n %% %(names)s", values)


def _claims(connection: psycopg.Connection, scale: int, places: Mapping[str, list[int]]) -> None:
    from yilianti.settlement.claims.models import Claim

    where = """CASE WHEN kind = 'inpatient' THEN CASE WHEN r < 55 THEN (%(hospitals)s::bigint[])[1 + n::int %% 5] WHEN r < 75 THEN above WHEN r < 85 THEN %(purchased)s ELSE %(outside)s END
        ELSE CASE WHEN r < 50 THEN clinic WHEN r < 80 THEN above WHEN r < 95 THEN (%(hospitals)s::bigint[])[1 + n::int %% 5] ELSE %(outside)s END END"""
    given = {
        "id": "%(base)s + n", "number": "'FB' || lpad(n::text, 9, '0')", "institution_id": where, "settlement_number": "'S' || n", "resident_id": "resident", "kind": "kind",
        "state": "CASE WHEN n %% 100 = 1 THEN 'withdrawn' ELSE 'filed' END", "insurance": "CASE WHEN n %% 10 = 3 THEN 'employee' ELSE 'resident' END", "region": "CASE WHEN n %% 20 = 5 THEN '530922' ELSE '530921' END",
        "level": "'level2'", "way": "'direct'", "admitted_on": "left_on - (CASE WHEN kind = 'inpatient' THEN 1 + r %% 12 ELSE 0 END)::int", "discharged_on": "left_on",
        "diagnoses": "ARRAY[chr(65 + r %% 20) || lpad((n %% 90 + 10)::text, 2, '0') || '.000']", "total": "total", "first_self": "own", "lines_total": "total", "gap": "gap", "in_scope": "total - own",
        "deductible": "line", "basic": "basic", "catastrophic": "more", "fund": "basic + more", "person": "CASE WHEN gap = '' THEN total - basic - more ELSE 0 END", "turn": "1", "sex": "'1'", "age": "50",
        "drg": "CASE WHEN kind = 'inpatient' THEN chr(65 + r %% 20) || 'R' || (n %% 30 + 10) ELSE '' END", "filed_at": "left_on + interval '1 day'", "changed_at": "left_on + interval '1 day'",
    }  # fmt: skip
    source = f"""FROM (SELECT *, CASE WHEN gap <> '' THEN 0 ELSE (total - own - line) * 70 / 100 END AS basic, CASE WHEN gap = '' AND kind = 'inpatient' AND r = 50 THEN 100000 ELSE 0 END AS more FROM (
      SELECT c.*, total, own, CASE WHEN n %% 100 = 2 THEN 'no_policy' ELSE '' END AS gap, CASE WHEN kind = 'inpatient' THEN 50000 WHEN total > 8000 THEN 4000 ELSE 0 END AS line FROM (
        SELECT n, ({_H.format("n", 5)} %% 100)::int AS r, CASE WHEN n %% 8 = 0 THEN 'inpatient' ELSE 'outpatient' END AS kind, %(people)s + who AS resident, date '{YEAR}-01-01' + ({_H.format("n", 6)} %% 365)::int AS left_on,
          (%(clinics)s::bigint[])[1 + who %% %(many)s] AS clinic, (%(above)s::bigint[])[1 + who %% %(many)s] AS above
        FROM (SELECT n, (1 + {_H.format("n", 4)} %% %(scale)s)::int AS who FROM generate_series(1, %(scale)s::bigint) n) told) c
      CROSS JOIN LATERAL (SELECT sum(amount)::bigint AS total, sum(amount / 20)::bigint AS own FROM (SELECT {_AMOUNT.replace("%", "%%")} AS amount FROM generate_series(1, {LINES}) k) line) bill) whole) c"""
    values = {name: places[name] for name in ("hospitals", "clinics", "above")} | {
        "base": _last(connection, "claims_claim"), "people": _last(connection, "residents_resident") - scale, "scale": scale, "many": len(places["clinics"]), "purchased": places["purchased"][0], "outside": places["outside"][0],
    }  # fmt: skip
    _insert(connection, Claim, given, source, values)


def _charges(connection: psycopg.Connection, scale: int, places: Mapping[str, list[int]]) -> None:
    from yilianti.settlement.claims.models import Charge

    given = {
        "id": "%(base)s + c.n * 16 + k", "claim_id": "c.id", "line": "k::text", "at": "c.filed_at", "code": "'ZB' || lpad((r %% 3000)::text, 8, '0')", "list_code": "'XB' || lpad((r %% 3000)::text, 10, '0')", "name": "'常用项目（' || r %% 3000 || '）'",
        "category": "(ARRAY['drug','service','consumable','drug'])[1 + r %% 4]", "quantity": "1 + r %% 4", "unit_price": "round(amount / 100.0 / (1 + r %% 4), 6)", "amount": "amount", "first_self": "amount / 20",
        "charged_at": "c.discharged_on + interval '10 hours'", "department": "'内科'", "doctor": "'医生' || r %% 50",
    }  # fmt: skip
    source = f"""FROM (SELECT id, id - %(claims)s AS n, kind, filed_at, discharged_on FROM claims_claim WHERE id > %(claims)s) c CROSS JOIN generate_series(1, {LINES}) k
      CROSS JOIN LATERAL (SELECT {_AMOUNT.replace("%", "%%")} AS amount, {_H.format("c.n * 16 + k", 7)}::int AS r) one"""
    _insert(connection, Charge, given, source, {"base": _last(connection, "claims_charge"), "claims": _last(connection, "claims_claim") - scale})


def _last(connection: psycopg.Connection, table: str) -> int:
    row = connection.execute(f"SELECT coalesce(max(id), 0) FROM {table}").fetchone()  # noqa: S608
    assert row is not None
    return int(row[0])
