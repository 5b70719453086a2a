"""A year reckoned, said of, decided: who may, when, what is left behind."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yilianti.kernel.crypto import signing
from yilianti.kernel.finding import Refused
from yilianti.kernel.models import JournalEntry
from yilianti.kernel.money import Money
from yilianti.policybook.places import Place
from yilianti.registry.institutions import api as institutions
from yilianti.settlement.budget.models import Package
from yilianti.settlement.distribution import actions, engine, gathering, replaying, running
from yilianti.settlement.distribution.inputs import Inputs
from yilianti.settlement.distribution.models import Run, Settlement, Statement, Work
from yilianti.settlement.distribution.scheme import Scheme
from yilianti.settlement.distribution.tests import factories
from yilianti.settlement.distribution.tests.factories import AT

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> factories.Scene:
    return factories.scene()


def test_a_year_leaves_steps_and_signed_statements(scene):
    settlement = factories.reckoned(scene)
    assert settlement.state == "prepared"
    run = settlement.runs.get()
    assert [step.name for step in run.steps.order_by("position")] == list(engine.STEPS)
    statements = list(settlement.statements.prefetch_related("lines"))
    assert {one.institution_id for one in statements} >= {scene.budget.claims.hospital, scene.budget.claims.township}
    for one in statements:
        assert one.final == sum(line.fen for line in one.lines.all())
        assert signing.verify(bytes(one.content), bytes(one.signature), one.certificate)
        told = json.loads(bytes(one.content))
        assert Money.yuan(told["final"]).fen == one.final and len(told["lines"]) == one.lines.count()


def test_what_members_get_is_the_whole(scene):
    settlement = factories.reckoned(scene)
    left = scene.package.fen - sum(scene.package.charged.values_list("fen", flat=True))
    assert left > 0
    shared = sum(line.fen for one in settlement.statements.all() for line in one.lines.filter(key="surplus_share"))
    assert shared == left


def test_every_line_names_its_policy_and_resolution(scene):
    settlement = factories.reckoned(scene)
    line = factories.statement_of(settlement, scene.budget.claims.hospital).lines.get(key="surplus_share")
    assert line.policy_ref.startswith("settlement.distribution.") and line.authority == scene.package.resolution


def test_a_package_not_fixed_is_not_settled(scene):
    other = factories.budgeting.drafted(scene.budget, AT, fund="employee")
    with pytest.raises(Refused, match="还没有核定"):
        actions.reckon(actor=scene.finance, package=other, at=AT)


def test_only_finance_reckons(scene):
    for actor in (scene.bureau, scene.head, scene.office):
        with pytest.raises(Refused) as refusal:
            actions.reckon(actor=actor, package=scene.package, at=AT)
        assert refusal.value.code == "not_permitted"


def test_reckoning_anew_wants_a_reason_and_a_change(scene):
    factories.reckoned(scene)
    with pytest.raises(Refused, match="原因"):
        actions.reckon(actor=scene.finance, package=scene.package, at=AT)
    with pytest.raises(Refused, match="重算不会有不同"):
        actions.reckon(actor=scene.finance, package=scene.package, because="再看看", at=AT)


def test_a_run_cut_off_goes_on_to_the_same_bytes(scene, monkeypatch):
    whole = [step.text for step in factories.reckoned(scene).runs.get().steps.order_by("position")]
    settlement = Settlement.objects.get()
    actions.withdraw(actor=scene.finance, number=settlement.number, because="试", at=AT)
    real, seen = running.text_of, []

    def cut(one):
        seen.append(one.name)
        if len(seen) == 6:
            raise KeyboardInterrupt
        return real(one)

    monkeypatch.setattr(running, "text_of", cut)
    with pytest.raises(KeyboardInterrupt):
        actions.reckon(actor=scene.finance, package=scene.package, at=AT)
    monkeypatch.setattr(running, "text_of", real)
    cut_off = Settlement.objects.get(state="begun")
    assert cut_off.runs.get().steps.count() == 5
    done = actions.resume(actor=scene.finance, number=cut_off.number, at=AT)
    assert done.state == "prepared" and done.runs.count() == 1
    assert [step.text for step in done.runs.get().steps.order_by("position")] == whole


def test_replay_is_the_same_and_names_the_first_difference(scene, monkeypatch):
    settlement = factories.reckoned(scene)
    (same,) = replaying.replayed(settlement)
    assert same.same and same.steps == len(engine.STEPS) and not same.editions
    real = engine.ORDER[engine.Part.SHARING]
    monkeypatch.setitem(engine.ORDER, engine.Part.SHARING, lambda course: (real(course), course.working.note("多一步", "", 1))[0])
    (other,) = replaying.replayed(settlement)
    assert not other.same and other.difference.startswith("步骤“sharing”") and "多一步" in other.difference


def test_a_statement_changed_by_hand_is_found(scene):
    settlement = factories.reckoned(scene)
    one = settlement.statements.first()
    Statement.objects.filter(pk=one.pk).update(content=bytes(one.content).replace(b'"version":1', b'"version":2'))
    (found,) = replaying.replayed(settlement)
    assert found.broken == (f"{one.number} 第 1 版",) and not found.same


def test_a_total_changed_by_hand_is_found(scene):
    one = factories.reckoned(scene).statements.first()
    Statement.objects.filter(pk=one.pk).update(final=one.final + 1)
    (found,) = replaying.replayed(Settlement.objects.get())
    assert found.broken == (f"{one.number} 第 1 版",)


def test_a_dispute_reopens_what_it_touches(scene):
    factories.score(scene, scene.budget.claims.hospital, "90")
    factories.score(scene, scene.budget.claims.township, "80")
    settlement = factories.reckoned(scene)
    factories.confirmed(scene, settlement)
    hospital = factories.statement_of(settlement, scene.budget.claims.hospital)
    disputed = actions.dispute(actor=scene.office, number=hospital.number, line="charged", text="有一笔算了两次", at=AT, file_name="证据.pdf", content=b"%PDF-1.4 x")
    assert disputed.state == "disputed" and disputed.confirmed_at is None
    with pytest.raises(Refused, match="还有 1 家没有确认"):
        actions.approve(actor=scene.head, number=settlement.number, resolution="决议", at=AT)
    actions.accept(actor=scene.finance, number=hospital.number, text="同意", at=AT)
    extra = factories.budgeting.billed(scene.budget, AT, "S9", month=8)
    factories.budgeting.reckoned(scene.budget, scene.package, AT + timedelta(hours=1), 12)
    again = actions.reckon(actor=scene.finance, package=scene.package, because="补记一笔", at=AT + timedelta(hours=2))
    fresh = factories.statement_of(again, scene.budget.claims.hospital)
    assert (fresh.version, fresh.previous_id, fresh.state) == (2, hospital.pk, "prepared") and fresh.number == hospital.number
    assert fresh.lines.get(key="charged").changed
    hospital.refresh_from_db()
    assert hospital.state == "superseded" and hospital.lines.get(key="charged").fen + extra.basic == fresh.lines.get(key="charged").fen


def test_a_member_whose_lines_are_the_same_keeps_its_confirmation(scene):
    settlement = factories.reckoned(scene)
    factories.confirmed(scene, settlement)
    paid = scene.budget.claims.hospital
    actions.tell(actor=scene.finance, consortium=scene.package.consortium, year=2026, institution=paid, name="paid", value="100.00", document="拨款单", at=AT)
    again = actions.reckon(actor=scene.finance, package=scene.package, because="补登已付", at=AT)
    assert factories.statement_of(again, paid).version == 2
    other = factories.statement_of(again, scene.budget.claims.township)
    assert (other.version, other.state) == (1, "confirmed")


def test_finance_stands_by_a_line_and_the_member_confirms(scene):
    settlement = factories.reckoned(scene)
    one = factories.statement_of(settlement, scene.budget.claims.hospital)
    actions.dispute(actor=scene.office, number=one.number, line="surplus_share", text="少了", at=AT)
    actions.answer(actor=scene.finance, number=one.number, text="按 6∶3∶1", at=AT)
    assert actions.confirm(actor=scene.office, number=one.number, at=AT).state == "confirmed"
    assert [row.verb for row in one.remarks.order_by("id")] == ["dispute", "answer", "confirm"]


def test_an_unknown_line_is_not_disputed(scene):
    one = factories.statement_of(factories.reckoned(scene), scene.budget.claims.hospital)
    with pytest.raises(Refused, match="哪一行"):
        actions.dispute(actor=scene.office, number=one.number, line="nothing", text="？", at=AT)


def test_the_township_does_not_speak_for_the_hospital(scene):
    one = factories.statement_of(factories.reckoned(scene), scene.budget.claims.hospital)
    with pytest.raises(Refused, match="没有编号"):
        actions.confirm(actor=scene.township_office, number=one.number, at=AT)


def test_approved_posted_locked_and_the_package_closed(scene):
    settlement = factories.approved(scene)
    with pytest.raises(Refused) as refusal:
        actions.post(actor=scene.finance, number=settlement.number, voucher="1", at=AT)
    assert refusal.value.code == "not_permitted"
    actions.post(actor=scene.bureau, number=settlement.number, voucher="银付 8821", at=AT)
    locked = actions.lock(actor=scene.finance, number=settlement.number, at=AT)
    assert locked.state == "locked" and set(locked.statements.values_list("state", flat=True)) == {"locked"}
    assert Package.objects.get(pk=scene.package.pk).state == "closed"
    with pytest.raises(Refused, match="已经批准"):
        factories.score(scene, None, "90")


def test_sent_back_keeps_confirmations(scene):
    settlement = factories.approved(scene)
    back = actions.send_back(actor=scene.bureau, number=settlement.number, because="凭证不全", at=AT)
    assert back.state == "prepared" and back.approved_at is None and set(back.statements.values_list("state", flat=True)) == {"confirmed"}


def test_a_year_is_settled_when_it_is_over_and_every_month_is_reckoned(scene):
    with pytest.raises(Refused, match="还没有结束"):
        actions.reckon(actor=scene.finance, package=scene.package, at=AT - timedelta(days=21))
    employees = factories.budgeting.fixed(scene.budget, AT, fund="employee")
    factories.budgeting.reckoned(scene.budget, employees, AT, *range(1, 12))
    with pytest.raises(Refused, match="没有做到 12 月"):
        actions.reckon(actor=scene.finance, package=employees, at=AT)


def test_what_was_paid_without_a_fund_counts_once(scene):
    hospital = scene.budget.claims.hospital
    actions.tell(actor=scene.finance, consortium=scene.package.consortium, year=2026, institution=hospital, name="paid", value="100", document="台账", at=AT)
    employees = factories.budgeting.fixed(scene.budget, AT, fund="employee")
    in_force, code = Scheme.in_force(Place("yunxi", "349901"), date(2026, 12, 31)), institutions.many([hospital])[hospital].code
    assert gathering.inputs(scene.package, in_force)["members"][code]["paid"] == "100"
    assert "paid" not in gathering.inputs(employees, in_force)["members"][code]


def test_who_prepared_does_not_approve(scene):
    settlement = factories.reckoned(scene)
    factories.confirmed(scene, settlement)
    Settlement.objects.filter(pk=settlement.pk).update(prepared_by=scene.head.person)
    with pytest.raises(Refused, match="不能自己批准"):
        actions.approve(actor=scene.head, number=settlement.number, resolution="决议", at=AT)


def test_facts_are_spelt_as_the_engine_reads_them(scene):
    for name, value in (("score", "101"), ("score", "9O"), ("need", "1.05"), ("heads", "1.5"), ("paid", "1.234")):
        with pytest.raises(Refused):
            actions.tell(actor=scene.finance, consortium=scene.package.consortium, year=2026, institution=scene.budget.claims.hospital, name=name, value=value, document="台账", at=AT)


def test_work_is_taken_back_once_by_a_further_line(scene):
    row = actions.work(actor=scene.finance, consortium=scene.package.consortium, kind="expert", giver=scene.budget.claims.hospital, receiver=scene.budget.claims.township, item="", count=1,
                       amount=Money.yuan("1000"), done_on=factories.DAY, document="手术台账", at=AT)  # fmt: skip
    settlement = factories.reckoned(scene)
    moved = {one.institution_id: one.lines.get(key="expert").fen for one in settlement.statements.filter(lines__key="expert")}
    assert moved == {scene.budget.claims.hospital: 70_000, scene.budget.claims.township: -70_000}
    actions.correct_work(actor=scene.finance, work_id=row.pk, because="记错了", at=AT)
    with pytest.raises(Refused, match="已经更正过"):
        actions.correct_work(actor=scene.finance, work_id=row.pk, because="再改", at=AT)


def test_the_platforms_own_reports_are_noted_once(scene):
    for _ in range(2):
        actions.note_work(kind="remote", giver=scene.budget.claims.hospital, receiver=scene.budget.claims.township, item="心电图", at=AT - timedelta(days=60), source="journal:7")
    assert Work.objects.get().count == 1
    noted = {"at": AT - timedelta(days=60), "giver": scene.budget.claims.hospital, "receiver": scene.budget.claims.township}
    actions.note_work(kind="recognition", item="检验", source="journal:8", **noted)
    found = gathering.inputs(scene.package, Scheme.in_force(Place("yunxi", "349901"), date(2026, 12, 31)))
    hospital, township = (institutions.many([one])[one].code for one in (scene.budget.claims.hospital, scene.budget.claims.township))
    assert found["remote"] == [{"from": hospital, "at": township, "kind": "心电图", "count": 1}] and found["recognition"] == [{"by": hospital, "at": township, "kind": "检验", "count": 1}]
    assert Inputs.of_plain({"members": found["members"], "remote": found["remote"], "recognition": found["recognition"]}).recognition


def test_public_health_money_goes_by_its_own_package(scene):
    for place, many in ((scene.budget.claims.township, 3), (scene.budget.claims.people.county.clinic.pk, 1)):
        actions.work(actor=scene.finance, consortium=scene.package.consortium, kind="service", giver=place, receiver=None, item="老年人体检", count=many, amount=Money(0), done_on=date(2025, 6, 1), document="台账", at=AT)
        for name, value in (("heads", str(many * 100)), ("quality", "95%")):
            actions.tell(actor=scene.finance, consortium=scene.package.consortium, year=2025, institution=place, name=name, value=value, document="户籍人口", at=AT)
    package = factories.budgeting.fixed(scene.budget, AT, fund="public_health", facts={"persons": 400}, year=2025)
    settlement = actions.reckon(actor=scene.finance, package=package, at=AT)
    lines = {line.key for one in settlement.statements.all() for line in one.lines.all()}
    assert settlement.state == "prepared" and lines == {"public_health"}
    assert not {"facts", "spending", "expert"} & set(settlement.runs.get().inputs)


def test_each_step_is_one_line_of_the_journal(scene):
    factories.approved(scene)
    words = list(JournalEntry.objects.filter(word__startswith="distribution.").order_by("id").values_list("word", flat=True))
    assert words[:2] == ["distribution.reckoned", "distribution.prepared"] and words[-1] == "distribution.approved" and set(words[2:-1]) == {"distribution.confirmed"}


def test_statements_cost_the_same_however_many_members(scene):
    factories.reckoned(scene)
    with CaptureQueriesContext(connection) as seen:
        (found,) = replaying.replayed(Settlement.objects.get())
    assert found.same and len(seen) < 12
    assert Run.objects.count() == 1
