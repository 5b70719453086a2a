"""The ledger of charges: one statement writes what differs between the claims as they stand and the lines so far."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from yilianti.kernel.finding import Refused
from yilianti.kernel.months import after
from yilianti.registry.institutions import api as institutions
from yilianti.registry.residents.api import Resident
from yilianti.settlement.budget import rules
from yilianti.settlement.budget.models import Charged, Package, Reckoning
from yilianti.settlement.budget.rules import ChargedRule
from yilianti.settlement.claims.api import Claim

_CLAIMS, _PEOPLE, _LINES = Claim._meta.db_table, Resident._meta.db_table, Charged._meta.db_table

_INSURED = """c.state = 'filed' AND c.insurance = %(insurance)s AND c.region LIKE %(region)s AND c.discharged_on >= %(since)s AND c.discharged_on < %(until)s"""
_PLACE = """CASE WHEN inside.institution IS NOT NULL THEN 'member' WHEN c.institution_id = ANY(%(county)s::bigint[]) THEN 'purchased' ELSE 'outside' END"""
_PLACED = f"""FROM {_CLAIMS} c LEFT JOIN unnest(%(members)s::bigint[], %(begins)s::date[], %(ends)s::date[]) AS inside(institution, from_on, until_on)
  ON inside.institution = c.institution_id AND c.discharged_on >= inside.from_on AND c.discharged_on < inside.until_on
  WHERE {_INSURED} AND (%(purchased)s OR {_PLACE} <> 'purchased')"""  # noqa: S608 - names of our own models
# Few were merged; joined to everybody, a million people would be read twice.
_MERGED = f"SELECT gone.id, whole.home_id FROM {_PEOPLE} gone JOIN {_PEOPLE} whole ON whole.id = gone.merged_into_id WHERE gone.merged_into_id IS NOT NULL"  # noqa: S608 - the same
_DIMENSIONS = "claim_id, discharged_on, place, institution_id, home_id, kind, disease, drg"


@dataclass(frozen=True)
class Written:
    """What a turn wrote, and what no price keeps out of every sum. Money in fen."""

    lines: int
    own: int
    unpriced: int
    unpriced_total: int


def write(package: Package, month: date, reckoning: int, rule: ChargedRule) -> Written:
    """Charge the difference of every claim discharged up to the end of the month; the caller holds the package."""
    borne, known = _bearing(rule)
    statement = f"""WITH written AS (INSERT INTO {_LINES} ({_DIMENSIONS}, fen, turn, package_id, reckoning_id, month)
    SELECT {_DIMENSIONS}, sum(fen), max(turn), %(package)s, %(reckoning)s, %(month)s FROM (
      SELECT claim.id AS claim_id, claim.discharged_on, claim.place, claim.institution_id, coalesce(merged.home_id, person.home_id) AS home_id, claim.kind, claim.disease, claim.drg, claim.fen, claim.turn
      FROM (SELECT c.id, c.discharged_on, {_PLACE} AS place, c.institution_id, c.resident_id, c.kind, coalesce(upper(left(c.diagnoses[1], 3)), '') AS disease, c.drg, {borne} AS fen, c.turn {_PLACED} AND {known}) claim
      JOIN {_PEOPLE} person ON person.id = claim.resident_id LEFT JOIN ({_MERGED}) merged ON merged.id = person.id
      UNION ALL
      SELECT {_DIMENSIONS}, -fen, turn FROM {_LINES} WHERE package_id = %(package)s
    ) both_sides GROUP BY {_DIMENSIONS} HAVING sum(fen) <> 0 RETURNING fen)
    SELECT count(*), coalesce(sum(fen), 0) FROM written"""  # noqa: S608 - names of our own models
    unpriced = f"SELECT count(*), coalesce(sum(c.total), 0) {_PLACED} AND NOT {known}"  # noqa: S608
    given = _given(package, month, rule) | {"package": package.pk, "reckoning": reckoning, "month": month}
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        lines, own = cursor.fetchone()
        cursor.execute(unpriced, given)
        return Written(lines, int(own), *(int(one) for one in cursor.fetchone()))


def late(package: Package, rule: ChargedRule) -> tuple[int, int]:
    """Claims of the year that were filed, corrected or withdrawn after the package was closed and are in no ledger: how many, and what they would change."""
    borne, known = _bearing(rule)
    statement = f"""SELECT count(*), coalesce(sum(fen), 0) FROM (SELECT claim, sum(fen) AS fen FROM (
      SELECT c.id AS claim, {borne} AS fen {_PLACED} AND {known} AND c.changed_at > %(closed)s
      UNION ALL SELECT c.id, -line.fen FROM {_LINES} line JOIN {_CLAIMS} c ON c.id = line.claim_id WHERE line.package_id = %(package)s AND c.changed_at > %(closed)s
    ) both_sides GROUP BY claim HAVING sum(fen) <> 0) differing"""  # noqa: S608 - names of our own models
    with connection.cursor() as cursor:
        cursor.execute(statement, _given(package, date(package.year, 12, 1), rule) | {"package": package.pk, "closed": package.closed_at})
        claims, fen = cursor.fetchone()
        return int(claims), int(fen)


def catastrophic_persons(package: Package, month: date, rule: ChargedRule) -> int:
    """What was charged for persons whose claims of the year reached catastrophic insurance; nothing where they do not come off."""
    if not rule.persons_off:
        return 0
    reached = "(c.insured->>'catastrophic')::bigint > 0" if rule.by_insurer else "c.gap = '' AND c.catastrophic > 0"
    one = "coalesce(p.merged_into_id, p.id)"
    statement = f"""SELECT coalesce(sum(line.fen), 0) FROM {_LINES} line JOIN {_CLAIMS} mine ON mine.id = line.claim_id JOIN {_PEOPLE} p ON p.id = mine.resident_id
    WHERE line.package_id = %(package)s AND {one} IN (SELECT {one} FROM {_CLAIMS} c JOIN {_PEOPLE} p ON p.id = c.resident_id WHERE {_INSURED} AND {reached})"""  # noqa: S608
    with connection.cursor() as cursor:
        # Statistics know nothing of the lines this transaction wrote: a join row by row, chosen for none, did not end within minutes over 70,000.
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(statement, _given(package, month, rule) | {"package": package.pk})
        found = int(cursor.fetchone()[0])
        cursor.execute("SET LOCAL enable_nestloop = on")
        return found


def persons(package: Package, month: date, rule: ChargedRule) -> list[int]:
    """Whose bills discharged up to the end of the month the package bears, merged people once: keys of residents in their order."""
    statement = f"SELECT DISTINCT coalesce(p.merged_into_id, p.id) AS one FROM {_CLAIMS} c JOIN {_PEOPLE} p ON p.id = c.resident_id WHERE {_INSURED} ORDER BY one"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, _given(package, month, rule))
        return [int(one) for (one,) in cursor.fetchall()]


def placed(package: Package, month: date, rule: ChargedRule, claims: list[int]) -> dict[int, tuple[str, int, str]]:
    """Place of care, institution and kind of each of these claims of people insured here, by the claim's key; those purchased elsewhere in the county too."""
    statement = f"SELECT c.id, {_PLACE}, c.institution_id, c.kind {_PLACED} AND c.id = ANY(%(claims)s)"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, _given(package, month, rule) | {"claims": claims, "purchased": True})
        return {claim: (place, institution, kind) for claim, place, institution, kind in cursor.fetchall()}


def next_id() -> int:
    """The id of the reckoning to come: its lines are written before its sums are known."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [Reckoning._meta.db_table])
        return int(cursor.fetchone()[0])


def _bearing(rule: ChargedRule) -> tuple[str, str]:
    """SQL of what the package bears of a claim `c`, and of whether it is known."""
    if not rule.by_insurer:
        return " + ".join(f"c.{pot}" for pot in rule.counts), "(c.gap = '')"
    parts = " + ".join(f"coalesce((c.insured->>'{pot}')::bigint, 0)" for pot in rule.counts)
    told = f"(c.insured ?| ARRAY{list(rules.POTS)})"
    if set(rule.counts) == set(rules.POTS):
        return "c.insured_fund", "(c.insured_fund IS NOT NULL)"
    return parts, f"(c.insured_fund IS NOT NULL AND {told})"


def _given(package: Package, month: date, rule: ChargedRule) -> dict[str, Any]:
    region = rules.prefix_of(package.consortium.region)
    if not region:
        raise Refused("no_region", f"{package.consortium.name}没有登记行政区划代码，不知道谁是本地参保人；请在“机构”中补上。", "The consortium has no area code.", field="region")
    spans = institutions.spans_of(package.consortium)
    return {
        "insurance": package.fund, "region": f"{region}%", "since": date(package.year, 1, 1), "until": after(month), "purchased": rule.purchased,
        "members": [one.institution for one in spans], "begins": [one.from_on for one in spans], "ends": [one.until_on or date.max for one in spans], "county": institutions.in_region(region),
    }  # fmt: skip
