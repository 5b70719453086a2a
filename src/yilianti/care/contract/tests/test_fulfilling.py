"""What was promised is done, seen on any past day, reversed, paid back, and said of; and how many are covered."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from yilianti.care.contract import actions, ledger, queries
from yilianti.care.contract.models import Fulfilment
from yilianti.care.contract.terms import Said
from yilianti.care.contract.tests import factories
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def at() -> datetime:
    return timezone.now()


@pytest.fixture
def scene(at: datetime) -> factories.Scene:
    return factories.scene(at - timedelta(days=1))


def refused(code: str) -> Any:
    return pytest.raises(Refused, check=lambda fault: fault.code == code)


def test_the_ledger_at_any_past_date(scene: factories.Scene, at: datetime) -> None:
    made = factories.signed(scene, at)
    record = made.obligations.get(item="record")
    day = timezone.localdate(at)
    late = at + timedelta(days=20)
    line = actions.fulfil(actor=scene.village, number=made.number, obligation=record.pk, done_on=day + timedelta(days=3), evidence="已建档", at=late)

    def seen(after: int) -> ledger.Line:
        return next(one for one in ledger.of(made, day + timedelta(days=after)) if one.owed.id == record.pk)

    assert (seen(5).standing, seen(5).written_later) == ("due", True)  # written only on the 20th
    assert (seen(9).standing, seen(20).standing, seen(2).written_later) == ("overdue", "done", False)
    actions.correct_fulfilment(actor=scene.village, number=made.number, line=line.pk, because="记错了人", at=at + timedelta(days=25))
    assert (seen(24).standing, seen(25).standing) == ("done", "overdue")
    again = actions.fulfil(actor=scene.village, number=made.number, obligation=record.pk, done_on=day + timedelta(days=26), evidence="补建", at=at + timedelta(days=26))
    assert seen(26).standing == "late" and seen(26).done is not None and seen(26).done.pk == again.pk
    assert ledger.rate(ledger.of(made, day + timedelta(days=26)), day) == (1, 1)


def test_what_is_no_fulfilment(scene: factories.Scene, at: datetime) -> None:
    made, day = factories.signed(scene, at), timezone.localdate(at)
    record = made.obligations.get(item="record")
    asked = {"actor": scene.village, "number": made.number, "obligation": record.pk, "at": at}
    for done_on, evidence, code in ((day + timedelta(days=1), "x", "done_on_wrong"), (day - timedelta(days=1), "x", "done_on_wrong"), (day, " ", "evidence_missing")):
        with refused(code):
            actions.fulfil(done_on=done_on, evidence=evidence, **asked)
    line = actions.fulfil(done_on=day, evidence="已建档", **asked)
    with refused("changed_meanwhile"):
        actions.fulfil(done_on=day, evidence="又一次", **asked)
    actions.correct_fulfilment(actor=scene.village, number=made.number, line=line.pk, because="错", at=at)
    with refused("changed_meanwhile"):
        actions.correct_fulfilment(actor=scene.village, number=made.number, line=line.pk, because="错", at=at)
    with pytest.raises(Exception, match="pgtrigger"), transaction.atomic():
        Fulfilment.objects.filter(pk=line.pk).update(done_on=day)


def test_a_record_of_another_room_counts_once(scene: factories.Scene, at: datetime) -> None:
    actions.tag(actor=scene.village, resident=scene.resident.id, tag="hypertension", from_on=timezone.localdate(at), evidence="出院诊断", at=at)
    actions.tag(actor=scene.village, resident=scene.resident.id, tag="diabetes", from_on=timezone.localdate(at), evidence="出院诊断", at=at)
    made = factories.signed(scene, at, packages=("basic", "hypertension", "diabetes"))
    told = {"actor": Actor.system(), "resident": scene.resident.id, "done_on": timezone.localdate(at), "source": "followup", "at": at}
    assert len(actions.fulfil_by_record(service="hypertension.visit", record="SF1", **told)) == 1
    assert actions.fulfil_by_record(service="hypertension.visit", record="SF1", **told) == []
    assert actions.fulfil_by_record(service="hypertension.visit", record="SF2", **told) == []  # a second visit in the same quarter promises nothing
    assert [line.obligation.package for line in actions.fulfil_by_record(service="yearly.check", record="TJ1", **told)] == ["hypertension", "diabetes"]
    assert actions.fulfil_by_record(service="nothing", record="X", **told) == []
    assert Fulfilment.objects.filter(obligation__contract=made).count() == 3


def test_unused_items_are_paid_back_once(scene: factories.Scene, at: datetime) -> None:
    made = factories.signed(scene, at, packages=("basic", "rehab"))
    first = made.obligations.filter(package="rehab", item="home").order_by("part").first()
    assert first is not None
    actions.fulfil(actor=scene.village, number=made.number, obligation=first.pk, done_on=timezone.localdate(at), evidence="上门一次", at=at)
    with refused("wrong_state"):
        actions.refund(actor=scene.township, number=made.number, voucher="TF-1", at=at)
    later = at + timedelta(days=10)
    actions.end(actor=scene.village, number=made.number, reason="declined", stopped_on=timezone.localdate(later), note="本人书面要求", at=later)
    with refused("not_permitted"):
        actions.refund(actor=scene.village, number=made.number, voucher="TF-1", at=later)
    back = actions.refund(actor=scene.township, number=made.number, voucher="TF-1", at=later)
    assert back.amount == 18_000 - 2_500  # 180 yuan over six visits of 50 and one of 60: one visit was used
    with refused("nothing_back"):
        actions.refund(actor=scene.township, number=made.number, voucher="TF-2", at=later)


def test_who_is_not_content_says_why(scene: factories.Scene, at: datetime) -> None:
    waiting = factories.proposed(scene, at)
    with refused("wrong_state"):
        actions.rate(actor=scene.village, number=waiting.number, score="content", text="", at=at)
    actions.confirm(actor=scene.village, number=waiting.number, said=Said("signature", picture=factories.picture()), at=at)
    for score, code in (("", "score_missing"), ("discontent", "words_missing")):
        with refused(code):
            actions.rate(actor=scene.village, number=waiting.number, score=score, text="", at=at)
    assert actions.rate(actor=scene.village, number=waiting.number, score="discontent", text="约好没来", at=at).pk


def test_coverage_on_a_past_day_knows_the_past(scene: factories.Scene, at: datetime) -> None:
    def line(moment: datetime) -> tuple[int, int]:
        (found,) = [one for one in queries.coverage([scene.county.clinic.id, scene.county.township.id], timezone.localdate(moment), scene.village.scope) if one.tag == "elderly"]
        return found.people, found.signed

    later = at + timedelta(days=40)
    made = factories.signed(scene, at)
    factories.person(scene, later, name="田小满", born_on=timezone.localdate(later).replace(year=timezone.localdate(later).year - 65))
    actions.end(actor=scene.village, number=made.number, reason="declined", stopped_on=timezone.localdate(later), note="书面", at=later)
    assert (line(at - timedelta(days=1)), line(at), line(later)) == ((1, 0), (1, 1), (2, 0))
