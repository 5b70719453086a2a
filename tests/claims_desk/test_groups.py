"""Grouping results on pages: the numbers of `drg pay` over the same cases, the reach of the reader, what is not known."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from tests.claims_desk.conftest import NOW
from yilianti.cli.commands import claims, drg
from yilianti.registry.access.models import Account
from yilianti.registry.institutions.models import Institution
from yilianti.settlement.claims import grouping_kept, weighing_kept
from yilianti.settlement.claims.models import Claim
from yilianti.settlement.claims.tests import factories
from yilianti.settlement.claims.tests.factories import Scene
from yilianti.settlement.claims.weighing_kept import Span

pytestmark = pytest.mark.django_db
MARCH = Span(date(2026, 3, 1), date(2026, 4, 1))
DIAGNOSES = ("I20.000", "J18.900", "J44.000", "I50.900")


def filed(scene: Scene, many: int = 24) -> None:
    """Short stays one after another, at the hospital and at the township in turn, in four groups; the last one in none."""
    for at in range(many):
        there = at % 3 == 2
        day = date(2026, 3, 1) + timedelta(days=at)
        factories.filed(scene, NOW, factories.told(
            scene, f"S{at}", institution=scene.township if there else scene.hospital, admitted_on=day, discharged_on=day + timedelta(days=1), total=300_000 + 41_713 * at + 1,
            first_self=0, department="全科" if there else ("心内科", "呼吸科")[at % 2], diagnoses=(DIAGNOSES[at % 4] if at + 1 < many else "X99.999",),
        ), actor=scene.township_office if there else scene.office)  # fmt: skip


def client(account: int) -> Client:
    made = Client()
    made.force_login(Account.objects.get(pk=account))
    return made


def asked(account: int | None, url: str) -> str:
    assert account is not None
    response = client(account).get(url)
    assert response.status_code == 200
    return response.content.decode()


def test_the_page_says_what_the_command_says(scene: Scene, home: Path) -> None:
    filed(scene)
    exported = client(scene.bureau.account).get("/claims/groups/cases.csv?month=2026-03")
    (home / "cases.csv").write_bytes(exported.content)
    paid = drg.main(["pay", "--scheme", "demo", "--in", str(home / "cases.csv"), "--out", str(home / "pay.csv"), "--index", str(home / "cmi.csv"),
                     "--place", "yunxi", "--date", "2026-03-31"])  # fmt: skip
    assert paid == 0
    index = list(csv.DictReader((home / "cmi.csv").open(encoding="utf-8")))
    found = weighing_kept.weighed(scene.bureau, MARCH, NOW)
    assert [(row["institution"], row["department"], int(row["cases"])) for row in index] == [(one, department, sums["cases"]) for one, department, sums in found.by_department()]
    page = asked(scene.bureau.account, "/claims/groups/?month=2026-03")
    hospital = asked(scene.bureau.account, f"/claims/groups/?month=2026-03&institution={scene.hospital}")
    for row in index:
        shown = hospital if row["department"] in ("心内科", "呼吸科") else page if not row["department"] else ""
        assert not shown or row["cmi"] in shown, row
        assert not shown or f"{float(row['difference']):,.2f}" in shown, row
    assert len({row["cmi"] for row in index}) > 2


def test_an_office_sees_its_own_stays_weighed_against_all_of_the_county(scene: Scene) -> None:
    filed(scene)
    whole, own = weighing_kept.weighed(scene.bureau, MARCH, NOW), weighing_kept.weighed(scene.township_office, MARCH, NOW)
    assert len(own.cases) == 8 and len(whole.cases) == 24
    theirs = whole.of(whole.cases.institution == whole.cases.institutions.index("稻香镇卫生院"))
    assert own.found.weight.tolist() == theirs.found.weight.tolist() and own.found.pay.tolist() == theirs.found.pay.tolist()
    page = asked(scene.township_office.account, "/claims/groups/?month=2026-03")
    assert "全科" in page and "心内科" not in page
    assert client(scene.township_office.account).get(f"/claims/groups/?month=2026-03&institution={scene.hospital}").content.decode().count("心内科") == 0


def test_stays_of_a_hospital_that_is_not_listed_are_counted_and_not_paid(scene: Scene) -> None:
    Institution.objects.filter(pk=scene.township).update(name="外面的医院")
    filed(scene)
    found = weighing_kept.weighed(scene.bureau, MARCH, NOW)
    outside = found.cases.institution == found.cases.institutions.index("外面的医院")
    assert outside.sum() == 8 and (found.found.pay[outside] < 0).all() and (found.found.pay[~outside] >= 0).any()
    assert sum(sums["cases"] for one, department, sums in found.by_department() if one and not department) == 24


def test_without_a_rule_of_payment_there_are_weights_only(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    filed(scene)
    monkeypatch.setattr(weighing_kept, "_rules", lambda actor, day, notes: None)
    found = weighing_kept.weighed(scene.bureau, MARCH, NOW)
    assert (found.found.weight >= 0).sum() == 23 and (found.found.pay < 0).all() and not found.refs
    assert "未算付费" in asked(scene.bureau.account, "/claims/groups/?month=2026-03")


def test_a_group_has_its_cases_and_its_bills(scene: Scene) -> None:
    filed(scene)
    one = Claim.objects.exclude(drg="").order_by("-total").first()
    assert one is not None
    page = asked(scene.bureau.account, f"/claims/groups/{one.drg}/?month=2026-03")
    assert f"/claims/{Claim.objects.filter(drg=one.drg).order_by('-total')[0].number}/" in page and "费用分布" in page
    assert client(scene.bureau.account).get("/claims/groups/ZZ99/?month=2026-03").status_code == 404
    assert client(scene.bureau.account).get(f"/claims/groups/{one.drg}/?month=2025-03").status_code == 404


def test_a_stay_without_a_group_says_why(scene: Scene) -> None:
    filed(scene)
    page = asked(scene.bureau.account, "/claims/groups/?month=2026-03")
    assert "主要诊断不在编码表" in page and "没有装入分组方案" not in page


def test_nothing_imported_says_what_to_do(scene: Scene, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(grouping_kept, "folder", lambda: tmp_path / "none")
    filed(scene, 3)
    assert "没有装入分组方案" in asked(scene.bureau.account, "/claims/groups/?month=2026-03")


def test_nothing_filed_says_so(scene: Scene) -> None:
    assert "这段时间没有入账的住院费用" in asked(scene.bureau.account, "/claims/groups/")


def test_the_statements_do_not_grow_with_the_stays(scene: Scene) -> None:
    filed(scene, 6)
    with CaptureQueriesContext(connection) as few:
        weighing_kept.weighed(scene.bureau, MARCH, NOW)
    filed(scene, 24)
    with CaptureQueriesContext(connection) as many:
        weighing_kept.weighed(scene.bureau, MARCH, NOW)
    assert len(many) == len(few) <= 5


def test_excel_has_every_table(scene: Scene) -> None:
    filed(scene)
    response = client(scene.bureau.account).get("/claims/groups/export.xlsx?month=2026-03")
    assert response.status_code == 200
    heads, first, *_ = load_workbook(io.BytesIO(b"".join(response.streaming_content)))["按组"].iter_rows(values_only=True)
    told = dict(zip(heads, first, strict=True))
    assert {type(told[name]) for name in ("例数", "权重", "例均费用（元）")} <= {int, float}, told  # numbers, not texts


def test_stored_claims_are_reckoned_anew_from_the_command_line(scene: Scene, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    filed(scene, 4)
    Claim.objects.update(drg="", group_status="", fund=0, person=0, gap="awaiting")
    monkeypatch.setattr("yilianti.cli.django_ready", lambda: None)
    assert claims.main(["regroup", "--from", "2026-03-01", "--until", "2026-04-01"]) == 0
    assert claims.main(["reprice", "--year", "2026"]) == 0
    said = capsys.readouterr().out
    assert "4 / 4 例" in said and "3 例有组" in said and "1 / 1 人" in said and "4 笔的结果变了" in said
    assert Claim.objects.exclude(drg="").count() == 3 and not Claim.objects.filter(gap="awaiting").exists()
    assert claims.main(["regroup", "--from", "2026-04-01", "--until", "2026-03-01"]) == 2
