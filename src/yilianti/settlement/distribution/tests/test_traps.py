"""A year that goes wrong on its way: what was refused leaves nothing behind, what changed meanwhile is noticed, nobody's money is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from yilianti.care.referral.tests.test_pages import signed_in
from yilianti.kernel.finding import Refused
from yilianti.kernel.money import Money
from yilianti.registry.access.tests import factories as staff
from yilianti.registry.institutions.models import Institution, Membership
from yilianti.settlement.budget import actions as budgeting
from yilianti.settlement.budget import year
from yilianti.settlement.distribution import access, actions, engine, gathering, queries
from yilianti.settlement.distribution.models import Run, Settlement
from yilianti.settlement.distribution.tests import factories
from yilianti.settlement.distribution.tests.factories import AT
from yilianti.settlement.distribution.tests.visiting import shown

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


def test_what_a_member_that_left_had_received_is_not_lost(scene):
    clinic = staff.institution("云溪城关卫生院", level="township", kind="township_centre")
    Membership.objects.create(consortium=scene.package.consortium, institution=clinic, from_on=date(2026, 2, 1), until_on=date(2026, 7, 1), role="member")
    actions.tell(actor=scene.finance, consortium=scene.package.consortium, year=2026, institution=clinic.pk, name="paid", value="5000.00", document="拨款单", at=AT)
    for name in (scene.budget.claims.township, clinic.pk):
        factories.score(scene, name, "90")
    settlement = factories.reckoned(scene)
    assert factories.statement_of(settlement, clinic.pk).lines.get(key="advance_paid").fen == -500_000


def test_work_for_a_member_that_left_is_settled(scene):
    clinic = staff.institution("云溪城关卫生院", level="township", kind="township_centre")
    Membership.objects.create(consortium=scene.package.consortium, institution=clinic, from_on=date(2020, 1, 1), until_on=date(2026, 7, 1), role="member")
    actions.work(actor=scene.finance, consortium=scene.package.consortium, kind="expert", giver=scene.budget.claims.hospital, receiver=clinic.pk, item="", count=1, amount=Money.yuan("1000"), done_on=date(2026, 3, 1), document="手术台账", at=AT)
    for name in (scene.budget.claims.township, clinic.pk):
        factories.score(scene, name, "90")
    settlement = factories.reckoned(scene)
    assert factories.statement_of(settlement, clinic.pk).lines.get(key="expert").fen == -70_000


def test_spending_of_a_member_of_another_kind_is_in_the_sum(scene):
    Institution.objects.filter(pk=scene.budget.claims.township).update(kind="other")
    settlement = factories.reckoned(scene)
    assert factories.statement_of(settlement, scene.budget.claims.township).lines.get(key="charged").fen > 0


def test_spending_and_advance_of_a_member_that_was_merged_are_its_successors(scene):
    hospital, township = scene.budget.claims.hospital, scene.budget.claims.township
    for place in (hospital, township):
        actions.tell(actor=scene.finance, consortium=scene.package.consortium, year=2026, institution=place, name="paid", value="5000.00", document="拨款单", at=AT)
    actions.work(actor=scene.finance, consortium=scene.package.consortium, kind="expert", giver=hospital, receiver=township, item="", count=1, amount=Money.yuan("1000"), done_on=date(2026, 3, 1), document="手术台账", at=AT)
    Institution.objects.filter(pk=township).update(standing="merged", merged_into=hospital)
    members = gathering.frozen(scene.package)[1]["members"]
    (code,) = Institution.objects.filter(pk=hospital).values_list("code", flat=True)
    spent = sum(scene.package.charged.filter(place="member").values_list("fen", flat=True))
    assert members[code]["paid"] == "10000.00" and Money.yuan(members[code]["charged"]).fen == spent


def test_who_has_nothing_to_settle_any_more_keeps_no_statement(scene):
    second = staff.institution("云溪二村卫生室", level="village", kind="village_clinic")
    Membership.objects.create(consortium=scene.package.consortium, institution=second, from_on=date(2020, 1, 1), role="member")
    for place in (scene.budget.claims.people.county.clinic.pk, second.pk):
        factories.score(scene, place, "90")
    settlement = factories.reckoned(scene)
    gone = factories.statement_of(settlement, second.pk)
    Membership.objects.filter(institution=second).update(until_on=date(2026, 7, 1))
    actions.reckon(actor=scene.finance, package=scene.package, because="年中已退出", at=AT)
    gone.refresh_from_db()
    assert gone.state == "superseded"
    standing = settlement.statements.exclude(state="superseded")
    assert sum(standing.values_list("lines__fen", flat=True)) == sum(one.final for one in standing) and not standing.filter(institution=second).exists()


def test_finance_answers_a_member_that_has_left_since(scene):
    settlement, place = factories.reckoned(scene), scene.budget.claims.township
    one = factories.statement_of(settlement, place)
    actions.dispute(actor=scene.township_office, number=one.number, line="charged", text="算了两次", at=AT)
    finance = replace(scene.finance, reach={permission: reach - {place} for permission, reach in scene.finance.reach.items()})
    assert one in queries.statements(finance, settlement) and access.sees_whole(finance, settlement)
    assert actions.answer(actor=finance, number=one.number, text="各算一次", at=AT).state == "prepared"
    stranger = replace(finance, consortium="elsewhere")
    assert one not in queries.statements(stranger, settlement) and not access.sees_whole(stranger, settlement)


def test_a_bill_that_comes_after_the_lock_is_seen(scene):
    settlement = factories.approved(scene)
    actions.post(actor=scene.bureau, number=settlement.number, voucher="银付 8821", at=AT)
    actions.lock(actor=scene.finance, number=settlement.number, at=AT)
    scene.package.refresh_from_db()
    assert year.late(scene.package) == (0, 0)
    bill = factories.budgeting.billed(scene.budget, AT + timedelta(hours=1), "S9", month=8)
    assert year.late(scene.package) == (1, bill.basic)
    page = shown(signed_in(scene.finance), f"/budget/{scene.package.number}/")
    assert "锁定以后又有 1 笔" in page
