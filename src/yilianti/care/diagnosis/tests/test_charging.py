"""The fee at the member: at the price in force, waived with a reason, refunded where nothing was examined; and the day's till."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from openpyxl import load_workbook

from yilianti.care.diagnosis import actions, cashier
from yilianti.care.diagnosis.models import Charge
from yilianti.care.diagnosis.tests import factories
from yilianti.care.diagnosis.tests.test_pages import post, signed_in
from yilianti.kernel import journal
from yilianti.kernel.finding import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(at: datetime) -> factories.Scene:
    return factories.scene(at)


def lines(exam: Any) -> list[tuple[str, int]]:
    return list(Charge.objects.filter(exam=exam).order_by("id").values_list("kind", "fen"))


def test_charge_takes_the_price_in_force_once(scene: factories.Scene, at: datetime) -> None:
    exam = factories.ordered(scene, at)
    assert lines(exam) == [] and exam.charged_at is None
    charged = actions.charge(actor=scene.doctor, number=exam.number, at=at)
    line = Charge.objects.get(exam=exam)
    assert (charged.fee_fen, line.code, line.fen) == (2000, "YX-ECG-12", 2000)
    assert line.policy_ref == "clinical.diagnosis.fees@2020-01-01#local/yunxi"
    last = journal.history(f"diagnosis:{exam.number}")[-1]
    assert (last.word, last.facts["fen"], last.policy_refs) == ("diagnosis.charged", 2000, [line.policy_ref])
    for act in (lambda: actions.charge(actor=scene.doctor, number=exam.number, at=at), lambda: actions.waive(actor=scene.doctor, number=exam.number, because="低保", at=at)):
        with pytest.raises(Refused) as refusal:
            act()
        assert refusal.value.code == "charged_already"


def test_waived_needs_a_reason_and_costs_nothing(scene: factories.Scene, at: datetime) -> None:
    exam = factories.ordered(scene, at)
    with pytest.raises(Refused) as refusal:
        actions.waive(actor=scene.doctor, number=exam.number, because=" ", at=at)
    assert refusal.value.field == "because"
    assert actions.waive(actor=scene.doctor, number=exam.number, because="公共卫生体检", at=at).fee_fen == 0
    assert lines(exam) == [("waived", 2000)]
    assert lines(factories.ordered(scene, at, is_charged=True)) == [("charged", 2000)]
    assert lines(factories.ordered(scene, at, waived="义诊")) == [("waived", 2000)]
    assert lines(factories.ordered(scene, at, fee=1500)) == [("charged", 1500)], "as the member's own system charged it"


def test_cancel_gives_the_fee_back_in_the_same_step(scene: factories.Scene, at: datetime) -> None:
    exam = factories.ordered(scene, at, is_charged=True)
    gone = actions.cancel(actor=scene.doctor, number=exam.number, because="患者离开", at=at)
    assert gone.charged_at is None and lines(exam) == [("charged", 2000), ("refunded", 2000)]
    assert [entry.word for entry in journal.history(f"diagnosis:{exam.number}")] == ["diagnosis.ordered", "diagnosis.cancelled"]
    assert journal.history(f"diagnosis:{exam.number}")[-1].facts["refunded_fen"] == 2000
    with pytest.raises(Refused) as refusal:
        actions.charge(actor=scene.doctor, number=exam.number, at=at)
    assert refusal.value.code == "cancelled"


def test_refund_only_of_what_was_sent_back_and_then_charged_anew(scene: factories.Scene, at: datetime) -> None:
    exam = factories.queued(scene, at, is_charged=True)
    with pytest.raises(Refused) as refusal:
        actions.refund(actor=scene.doctor, number=exam.number, because="不做了", at=at)
    assert refusal.value.code == "not_refundable"
    actions.claim(actor=scene.reader, number=exam.number, at=at)
    actions.reject(actor=scene.reader, number=exam.number, reason="artefact", at=at)
    assert cashier.refundable(scene.doctor) == [exam]
    with pytest.raises(Refused):
        actions.refund(actor=scene.reader, number=exam.number, because="x", at=at)
    actions.refund(actor=scene.doctor, number=exam.number, because="患者不愿重做", at=at)
    with pytest.raises(Refused) as refusal:
        actions.refund(actor=scene.doctor, number=exam.number, because="再退", at=at)
    assert refusal.value.code == "not_charged"
    actions.charge(actor=scene.doctor, number=exam.number, at=at)
    assert lines(exam) == [("charged", 2000), ("refunded", 2000), ("charged", 2000)] and cashier.refundable(scene.doctor) == [exam]


def test_nothing_is_refunded_twice(scene: factories.Scene, at: datetime) -> None:
    exam = factories.ordered(scene, at, is_charged=True)
    charged = Charge.objects.get(exam=exam)
    actions.cancel(actor=scene.doctor, number=exam.number, because="离开", at=at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Charge.objects.create(exam=exam, institution=exam.institution, kind="refunded", name="x", fen=2000, reason="x", undoes=charged, at=at)


def test_a_county_without_a_price_charges_nothing(scene: factories.Scene, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    from yilianti.care.diagnosis.actions import charging

    monkeypatch.setattr(charging, "price_of", lambda institution, modality, at: (None, "clinical.diagnosis.fees@2020-01-01#national"))
    exam = factories.ordered(scene, at)
    with pytest.raises(Refused) as refusal:
        actions.charge(actor=scene.doctor, number=exam.number, at=at)
    assert refusal.value.code == "no_price"
    page = signed_in(scene.doctor).get(f"/diagnosis/new?resident={scene.resident.number}").content.decode()
    assert 'name="charging"' not in page


def test_the_till_of_a_day_adds_up(scene: factories.Scene, at: datetime) -> None:
    first = factories.ordered(scene, at, is_charged=True)
    factories.ordered(scene, at, waived="义诊")
    factories.ordered(scene, at, fee=1250)
    open_one = factories.ordered(scene, at)
    actions.cancel(actor=scene.doctor, number=first.number, because="离开", at=at + timedelta(days=1))
    today = cashier.totals(cashier.lines(scene.doctor, at.date()))
    assert (today.charged, str(today.charged_amount), today.waived, today.refunded, str(today.net)) == (2, "32.50", 1, 0, "32.50")
    tomorrow = cashier.totals(cashier.lines(scene.doctor, at.date() + timedelta(days=1)))
    assert (tomorrow.refunded, str(tomorrow.net)) == (1, "-20.00")
    assert cashier.uncharged(scene.doctor, at.date()) == [open_one]
    assert list(cashier.lines(scene.stranger, at.date())) == [] and list(cashier.lines(scene.head, at.date())) == []


def test_the_pages_of_the_till(scene: factories.Scene, django_assert_max_num_queries: Any) -> None:
    now = timezone.now()
    for _ in range(6):
        factories.ordered(scene, now, is_charged=True)
    exam = factories.ordered(scene, now)
    client = signed_in(scene.doctor)
    client.get("/diagnosis/charges/")
    with django_assert_max_num_queries(8):
        page = client.get("/diagnosis/charges/").content.decode()
    assert all(word in page for word in ("120.00", "待补登收费", exam.number, "苏禾"))
    assert "登记收费" in client.get(f"/diagnosis/{exam.number}/").content.decode()
    assert post(client, f"/diagnosis/{exam.number}/waive", {"because": "低保户"}).status_code == 200
    assert "免收" in client.get(f"/diagnosis/{exam.number}/").content.decode()
    book = load_workbook(io.BytesIO(client.get("/diagnosis/charges/export.xlsx").getvalue()), read_only=True)
    rows = list(book["检查费"].iter_rows(values_only=True))
    assert len(rows) == 9 and rows[-1][6] == "120.00" and "苏禾" not in str(rows)
    assert "这一天没有收费" in client.get("/diagnosis/charges/?day=2020-01-01").content.decode()
    for odd in ("day=x", "day=9999-12-31", "institution=x", "institution=99999999"):
        assert client.get(f"/diagnosis/charges/?{odd}").status_code == 200, odd
    assert signed_in(scene.reader).get("/diagnosis/charges/").status_code == 403
