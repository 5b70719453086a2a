"""From a settlement to the right people's inbox: confirm, answer, approve, post, lock; each closed by the step that was owed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yilianti.handovers import diagnosis_to_distribution, distribution_to_inbox, unconfirmed_to_inbox
from yilianti.handovers.timed import unconfirmed_statements
from yilianti.kernel.models import JournalEntry
from yilianti.registry.inbox.models import Item
from yilianti.settlement.distribution import actions
from yilianti.settlement.distribution.models import Statement, Work
from yilianti.settlement.distribution.tests import factories
from yilianti.settlement.distribution.tests.factories import AT

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> factories.Scene:
    return factories.scene()


def told(kind: str = "task") -> list[tuple[str, int]]:
    """Role and place of what is open; the river run from its beginning (each item comes once per key)."""
    Item.objects.filter(link__startswith="/settlements/").delete()
    acts = {word: arrow for arrow in (distribution_to_inbox, unconfirmed_to_inbox) for word in arrow.WORDS}
    for entry in JournalEntry.objects.filter(word__in=acts).order_by("id"):
        acts[entry.word].hand_over(entry)
    return sorted(Item.objects.filter(link__startswith="/settlements/", kind=kind, done_at__isnull=True).values_list("role", "institution"))


def test_every_member_is_asked_once_and_the_head_when_all_have_confirmed(scene):
    settlement = factories.reckoned(scene)
    places = sorted(settlement.statements.values_list("institution", flat=True))
    assert told() == [("insurance_office", place) for place in places]
    hospital = scene.budget.claims.hospital
    one = factories.statement_of(settlement, hospital)
    actions.confirm(actor=scene.office, number=one.number, at=AT)
    assert told() == [("insurance_office", place) for place in places if place != hospital]
    factories.confirmed(scene, settlement)
    assert told() == [("consortium_manager", hospital)]
    actions.dispute(actor=scene.office, number=one.number, line="charged", text="少了", at=AT)
    assert told() == [("finance_office", hospital)], "a dispute takes the head's task away"
    actions.answer(actor=scene.finance, number=one.number, text="没有少", at=AT)
    assert told() == [("insurance_office", hospital)]


def test_a_statement_that_changed_is_asked_for_anew_and_only_once(scene):
    settlement = factories.reckoned(scene)
    hospital, many = scene.budget.claims.hospital, settlement.statements.count()
    actions.tell(actor=scene.finance, consortium=scene.package.consortium, year=2026, institution=hospital, name="paid", value="100.00", document="拨款单", at=AT)
    actions.reckon(actor=scene.finance, package=scene.package, because="补登已付", at=AT)
    assert len(told()) == many == len(set(told()))
    actions.withdraw(actor=scene.finance, number=settlement.number, because="重来", at=AT)
    assert told() == []


def test_approved_posted_locked(scene):
    settlement = factories.approved(scene)
    hospital = scene.budget.claims.hospital
    assert told() == [("insurance_bureau", hospital)]
    actions.send_back(actor=scene.bureau, number=settlement.number, because="凭证不全", at=AT)
    assert told() == [("consortium_manager", hospital)]
    actions.approve(actor=scene.head, number=settlement.number, resolution="决议", at=AT)
    actions.post(actor=scene.bureau, number=settlement.number, voucher="银付 1", at=AT)
    assert told() == [("finance_office", hospital)]
    actions.lock(actor=scene.finance, number=settlement.number, at=AT)
    assert told() == []


def test_a_reminder_goes_to_who_has_not_confirmed(scene):
    settlement = factories.reckoned(scene)
    actions.confirm(actor=scene.office, number=factories.statement_of(settlement, scene.budget.claims.hospital).number, at=AT)
    waiting = settlement.statements.filter(state="prepared").count()
    assert actions.remind(actor=scene.finance, number=settlement.number, at=AT) == waiting
    assert [role for role, _ in told("notice")] == ["insurance_office"] * waiting and scene.budget.claims.hospital not in [place for _, place in told("notice")]


def test_silence_is_told_once_to_finance_and_head_and_is_no_consent(scene):
    settlement = factories.reckoned(scene)
    late = settlement.statements.count()
    last = settlement.statements.first().confirm_by
    assert unconfirmed_statements.tick(AT) == 0
    after = AT + timedelta(days=(last - AT.date()).days + 1)
    assert unconfirmed_statements.tick(after) == late and unconfirmed_statements.tick(after) == 0
    assert [role for role, _ in told("notice")] == ["consortium_manager", "finance_office"]
    assert f"{late} 家" in Item.objects.filter(kind="notice").first().title
    assert set(Statement.objects.values_list("state", flat=True)) == {"prepared"}


def test_an_answer_begins_the_days_anew(scene):
    one = factories.statement_of(factories.reckoned(scene), scene.budget.claims.hospital)
    actions.dispute(actor=scene.office, number=one.number, line="charged", text="少了", at=AT)
    later = AT + timedelta(days=30)
    actions.answer(actor=scene.finance, number=one.number, text="没有少", at=later)
    one.refresh_from_db()
    assert one.confirm_by == later.date() + timedelta(days=10)


def test_a_report_for_another_member_is_one_line_of_work(scene):
    hospital, township = scene.budget.claims.hospital, scene.budget.claims.township
    entry = JournalEntry(id=900, word="diagnosis.issued", at=AT - timedelta(days=40), from_institution=township, to_institution=hospital, facts={"modality": "ecg"})
    for _ in range(2):
        diagnosis_to_distribution.hand_over(entry)
    row = Work.objects.get()
    assert (row.kind, row.giver_id, row.receiver_id, row.count) == ("remote", hospital, township, 1)
    diagnosis_to_distribution.hand_over(JournalEntry(id=901, word="diagnosis.issued", at=AT - timedelta(days=40), from_institution=hospital, to_institution=hospital, facts={"modality": "ecg"}))
    assert Work.objects.count() == 1, "what a hospital reads for itself is nobody's income"
