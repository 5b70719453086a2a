"""Questions on the codes of stored stays, and the fragments of the start page."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.claims_desk.conftest import NOW
from tests.claims_desk.test_groups import MARCH, asked, filed
from yilianti.settlement.claims import month, questions_kept
from yilianti.settlement.claims.models import Claim
from yilianti.settlement.claims.tests import factories
from yilianti.settlement.claims.tests.factories import Scene

pytestmark = pytest.mark.django_db


def test_a_clinical_code_is_asked_about_and_no_code_is_proposed(scene: Scene) -> None:
    factories.filed(scene, NOW, factories.told(scene, diagnoses=("X99.999",), department="心内科"), factories.told(scene, "S2", admitted_on=date(2026, 3, 20), discharged_on=date(2026, 3, 22)))
    page = asked(scene.office.account, "/claims/questions/?month=2026-03")
    odd, plain = Claim.objects.order_by("id")
    assert odd.number in page and "X99.999 既不在医保版编码表，也不在对照表里；请核对是否写错。" in page and plain.number not in page
    assert "建议改为" not in page
    assert odd.number not in asked(scene.office.account, "/claims/questions/?month=2026-03&kind=编码重复")
    assert odd.number in asked(scene.office.account, "/claims/questions/?month=2026-03&kind=编码不认识&department=心内科")


def test_another_institution_is_not_asked_about(scene: Scene) -> None:
    (claim,) = factories.filed(scene, NOW, factories.told(scene, diagnoses=("X99.999",)))
    assert claim.number not in asked(scene.township_office.account, "/claims/questions/?month=2026-03")
    assert claim.number in asked(scene.bureau.account, "/claims/questions/?month=2026-03")


def test_pages_go_on_without_leaving_one_out(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(questions_kept, "_PART", 3)
    for at in range(8):
        factories.filed(scene, NOW, factories.told(scene, f"S{at}", admitted_on=date(2026, 3, 1 + 2 * at), discharged_on=date(2026, 3, 2 + 2 * at), diagnoses=(("X99.999",) if at % 2 else ("I20.000",))))
    rows, seen, before = questions_kept.stays(scene.bureau, MARCH), list[str](), None
    for _ in range(9):
        found, before = questions_kept.asked(rows, 1, before)
        seen += [one.claim.settlement_number for one in found]
        if before is None:
            break
    assert seen == ["S7", "S5", "S3", "S1"]


def test_the_statements_do_not_grow_with_the_stays(scene: Scene) -> None:
    filed(scene, 6)
    with CaptureQueriesContext(connection) as many:
        found, _ = questions_kept.asked(questions_kept.stays(scene.bureau, MARCH), 30)
        assert [one.claim.institution.short_name for one in found]
    assert len(many) == 1


def test_the_month_is_counted_in_one_statement(scene: Scene) -> None:
    filed(scene, 6)
    with CaptureQueriesContext(connection) as one:
        found = month.figures(scene.bureau, MARCH.first, MARCH.until)
    assert len(one) == 1
    rows = Claim.objects.all()
    assert (found.claims, found.total, found.stays, found.ungrouped) == (6, sum(row.total for row in rows), 6, 1)
    assert found.fund + found.person == found.total and month.figures(scene.township_office, MARCH.first, MARCH.until).claims == 2


def test_the_desk_shows_what_waits(scene: Scene) -> None:
    today = timezone.localdate()
    factories.filed(scene, timezone.now(), factories.told(scene, insurance="employee", admitted_on=today.replace(day=1), discharged_on=today))
    page = asked(scene.office.account, "/claims/figures")
    assert "10,000.00" in page and f"month={today:%Y-%m}" in page and "box=unpriced" in asked(scene.office.account, "/claims/pile")
    assert "医保办工作台" in asked(scene.office.account, "/")
    assert "待说明" in asked(scene.office.account, "/supervision/pile")
