"""A month of a large county: a million claims charged by one statement, corrected, and charged again."""

from __future__ import annotations

import resource
import time
from datetime import date, datetime

import pytest
from django.db import connection
from django.db.models import Sum

from yilianti.settlement.budget import actions
from yilianti.settlement.budget.models import Charged
from yilianti.settlement.budget.tests import factories
from yilianti.settlement.claims.models import Claim

pytestmark = [pytest.mark.django_db, pytest.mark.long]
MANY, PEOPLE = 1_000_000, 100_000


def fill(claim: Claim) -> None:
    """The same bill many times over, of many people, in the two months of one year."""
    with connection.cursor() as cursor:
        people = "number, name, sex, standing, name_grams, name_key, version, created_at, home_id, phone, address, household"
        cursor.execute(f"""INSERT INTO residents_resident ({people}) SELECT 'L' || n, name, sex, standing, '{{}}', '', 1, created_at, home_id, phone, address, household
            FROM residents_resident, generate_series(1, %s) n WHERE id = %s""", [PEOPLE, claim.resident_id])  # noqa: S608 - a list of columns
        cursor.execute("SELECT min(id) FROM residents_resident WHERE number LIKE 'L%%'")
        first = cursor.fetchone()[0]
        columns = [field.column for field in Claim._meta.concrete_fields if field.name not in ("id", "number", "settlement_number", "resident", "admitted_on", "discharged_on")]
        names = ", ".join(f'"{one}"' for one in columns)
        cursor.execute(f"""INSERT INTO claims_claim (number, settlement_number, resident_id, admitted_on, discharged_on, {names})
            SELECT 'L' || n, 'L' || n, %s + n %% %s, day, day, {names} FROM claims_claim, generate_series(1, %s) n, LATERAL (SELECT date '2026-01-01' + n %% 58) AS d(day) WHERE id = %s""",
            [first, PEOPLE, MANY, claim.pk])  # fmt: skip  # noqa: S608
        cursor.execute("ANALYZE claims_claim, residents_resident")


def test_a_million_claims(at: datetime) -> None:
    scene = factories.scene(at)
    package = factories.fixed(scene, at)
    claim = factories.billed(scene, at, month=1)
    fill(claim)
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for month, most in ((1, 180), (2, 180), (2, 90)):
        began = time.monotonic()
        kept = actions.reckon_month(actor=scene.finance, number=package.number, month=date(2026, month, 1), at=at)
        took = time.monotonic() - began
        print(f"{month} 月：记入 {kept.lines} 行，{took:.1f} 秒")
        assert took < most
    assert kept.turn == 2 and not kept.lines
    assert Charged.objects.aggregate(fen=Sum("fen"))["fen"] == Claim.objects.aggregate(fen=Sum("basic"))["fen"] == kept.gross
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - used < 100_000, "KB: nothing of the claims passes through Python"
    Claim.objects.filter(number__startswith="L1", discharged_on__lt=date(2026, 1, 3)).update(basic=0, gap="no_place", fund=0, person=0)
    kept = actions.reckon_month(actor=scene.finance, number=package.number, month=date(2026, 2, 1), at=at)
    assert kept.own == -kept.lines * claim.basic < 0 and kept.unpriced == kept.lines
