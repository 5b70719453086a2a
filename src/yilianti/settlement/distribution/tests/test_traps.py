"""A year that goes wrong on its way: what was refused leaves nothing behind, what changed meanwhile is noticed, nobody's money is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from yilianti.kernel.finding import Refused
from yilianti.settlement.budget import actions as budgeting
from yilianti.settlement.distribution import actions, engine
from yilianti.settlement.distribution.models import Run, Settlement
from yilianti.settlement.distribution.tests import factories
from yilianti.settlement.distribution.tests.factories import AT

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> factories.Scene:
    return factories.scene()


def _refusing(monkeypatch) -> None:
    def refuse(course):
        raise Refused("missing", "没有给出得分。", "No score.", field="members")

    monkeypatch.setitem(engine.ORDER, engine.Part.INNER, refuse)


def test_a_year_that_cannot_be_reckoned_leaves_nothing_behind(scene, monkeypatch):
    real = engine.ORDER[engine.Part.INNER]
    _refusing(monkeypatch)
    with pytest.raises(Refused, match="没有给出得分"):
        factories.reckoned(scene)
    assert not Settlement.objects.exists() and not Run.objects.exists()
    monkeypatch.setitem(engine.ORDER, engine.Part.INNER, real)
    assert factories.reckoned(scene).state == "prepared"


def test_a_refused_reckoning_anew_keeps_statements_and_confirmations(scene, monkeypatch):
    settlement = factories.reckoned(scene)
    factories.confirmed(scene, settlement)
    _refusing(monkeypatch)
    factories.score(scene, None, "90")
    actions.tell(actor=scene.finance, consortium=scene.package.consortium, year=2026, institution=scene.budget.claims.hospital, name="paid", value="100.00", document="拨款单", at=AT)
    with pytest.raises(Refused, match="没有给出得分"):
        actions.reckon(actor=scene.finance, package=scene.package, because="补登", at=AT)
    settlement.refresh_from_db()
    assert settlement.state == "prepared" and settlement.runs.count() == 1


def _revise(scene, at=AT):
    facts = {**scene.package.facts, "funding": "1100000.00"}
    return budgeting.revise(actor=scene.bureau, number=scene.package.number, facts=facts, document="调整表", resolution="云医共体决〔2027〕1 号", because="财政补助到位", at=at)


def test_a_package_revised_after_the_reckoning_is_noticed_before_approval(scene):
    settlement = factories.reckoned(scene)
    factories.confirmed(scene, settlement)
    _revise(scene)
    with pytest.raises(Refused, match="先重算"):
        actions.approve(actor=scene.head, number=settlement.number, resolution="决议", at=AT)
    actions.reckon(actor=scene.finance, package=scene.package, because="总额调整", at=AT)
    factories.confirmed(scene, settlement)
    assert actions.approve(actor=scene.head, number=settlement.number, resolution="决议", at=AT).state == "approved"


def test_under_an_approved_settlement_the_package_stays_as_it_is(scene):
    settlement = factories.approved(scene)
    with pytest.raises(Refused, match=settlement.number):
        _revise(scene)
    with pytest.raises(Refused, match="退回"):
        budgeting.reckon_month(actor=scene.finance, number=scene.package.number, month=date(2026, 12, 1), at=AT)
    actions.send_back(actor=scene.bureau, number=settlement.number, because="总额有误", at=AT)
    assert _revise(scene).fen > scene.package.fen


def test_who_began_a_run_does_not_approve_what_another_went_on_with(scene):
    settlement = factories.reckoned(scene)
    factories.confirmed(scene, settlement)
    Settlement.objects.filter(pk=settlement.pk).update(prepared_by=scene.bureau.person)
    with pytest.raises(Refused, match="不能自己批准"):
        actions.approve(actor=replace(scene.head, person=scene.finance.person), number=settlement.number, resolution="决议", at=AT)
