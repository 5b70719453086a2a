"""A suspicion from the scan to the end: raised once, heard, decided, recovered, taken up again, superseded."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from yilianti.kernel.finding import Refused
from yilianti.kernel.models import JournalEntry
from yilianti.kernel.money import Money
from yilianti.settlement.claims import api as claims
from yilianti.settlement.claims.tests import factories as filing
from yilianti.settlement.supervision import actions
from yilianti.settlement.supervision.models import DueMonth, KnowledgePoint, Suspicion
from yilianti.settlement.supervision.tests import factories

pytestmark = pytest.mark.django_db
LATER = timedelta(days=30)


def refusal(act, **given) -> Refused:  # type: ignore[no-untyped-def]
    with pytest.raises(Refused) as caught:
        act(**given)
    return caught.value


def test_a_scan_raises_once_with_its_evidence(at: datetime) -> None:
    scene = factories.scene(at)
    one = factories.raised(scene, at)
    assert (one.state, one.amount, one.family, one.claim_version, one.month) == ("raised", 9_000, "repeated", 1, factories.MONTH)
    assert [row["what"] for row in one.evidence] == ["腹部彩超（样例）"] * 2 and "最多 1 次" in one.because and one.due_on is not None
    assert actions.scan_month(month=factories.MONTH, at=at) == (1, 0) and Suspicion.objects.count() == 1
    entry = JournalEntry.objects.get(word="supervision.raised")
    assert entry.resident == scene.resident and entry.facts["claim"] == one.claim


def test_the_same_is_never_twice_in_the_table(at: datetime) -> None:
    one = factories.raised(factories.scene(at), at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Suspicion.objects.create(**{field.attname: getattr(one, field.attname) for field in Suspicion._meta.concrete_fields if field.name not in ("id", "number")}, number="X")


def test_a_corrected_claim_supersedes_and_raises_anew(at: datetime) -> None:
    scene = factories.scene(at)
    one = factories.raised(scene, at)
    filing.filed(scene, at + timedelta(hours=1), filing.told(scene, total=1_100_000))
    actions.scan_month(month=factories.MONTH, at=at + timedelta(hours=2))
    one.refresh_from_db()
    again = Suspicion.objects.exclude(pk=one.pk).get()
    assert (one.state, again.state, again.claim_version) == ("superseded", "raised", 2)
    claim = claims.Claim.objects.get(number=one.claim)
    claims.charge(actor=scene.office, lines=[factories.billed(claim, "2", at="2026-03-05 15:30")], at=at + timedelta(hours=3))
    actions.scan_month(month=factories.MONTH, at=at + timedelta(hours=4))
    again.refresh_from_db()
    assert again.state == "superseded" and not Suspicion.objects.filter(state="raised").exists()


def test_what_was_cleared_is_not_raised_again(at: datetime) -> None:
    scene = factories.scene(at)
    one = factories.explained(scene, at)
    actions.clear(actor=scene.bureau, number=one.number, text="核对无误。", at=at)
    assert actions.scan_month(month=factories.MONTH, at=at) == (1, 0)


def test_nothing_is_confirmed_before_the_institution_was_heard(at: datetime) -> None:
    scene = factories.scene(at)
    one = factories.raised(scene, at)
    told = refusal(actions.confirm, actor=scene.bureau, number=one.number, text="重复", amount=Money(9_000), at=at)
    assert told.code == "unheard" and one.due_on is not None and one.due_on.isoformat() in told.zh
    done = actions.confirm(actor=scene.bureau, number=one.number, text="逾期未说明。", amount=Money(9_000), at=at + LATER)
    assert (done.state, done.confirmed, done.due_on) == ("confirmed", 9_000, None)


def test_who_is_asked_more_is_heard_again(at: datetime) -> None:
    scene = factories.scene(at)
    one = factories.explained(scene, at)
    asked = actions.ask(actor=scene.bureau, number=one.number, text="请附下午那份报告。", at=at)
    assert asked.state == "raised"
    assert refusal(actions.confirm, actor=scene.bureau, number=one.number, text="重复", amount=Money(1), at=at).code == "unheard"
    again = actions.explain(actor=scene.office, number=one.number, text="附上。", file_name="报告 1.pdf", content=b"%PDF-1.4 x", at=at)
    assert again.state == "explained" and again.statements.last().file_name == "报告1.pdf"


def test_amounts_stay_within_what_is_in_question(at: datetime) -> None:
    scene = factories.scene(at)
    one = factories.explained(scene, at)
    for amount in (Money(9_001), Money(-1)):
        told = refusal(actions.confirm, actor=scene.bureau, number=one.number, text="重复", amount=amount, at=at)
        assert told.field == "amount" and "90.00" in told.zh
    actions.confirm(actor=scene.bureau, number=one.number, text="重复", amount=Money(8_000), at=at)
    assert refusal(actions.recover, actor=scene.bureau, number=one.number, text="凭证 7", amount=Money(8_001), at=at).field == "amount"
    done = actions.recover(actor=scene.bureau, number=one.number, text="凭证 7", amount=Money(8_000), at=at)
    assert (done.state, done.recovered) == ("recovered", 8_000)
    assert JournalEntry.objects.get(word="supervision.recovered").facts["recovered"] == 8_000


def test_a_decision_is_taken_up_again_and_the_institution_heard(at: datetime) -> None:
    scene = factories.scene(at)
    one = factories.confirmed(scene, at)
    again = actions.reopen(actor=scene.bureau, number=one.number, text="医院找到了另一份报告。", at=at)
    assert (again.state, again.confirmed, again.decided_at) == ("raised", None, None)
    assert refusal(actions.confirm, actor=scene.bureau, number=one.number, text="重复", amount=Money(1), at=at).code == "unheard"
    assert [said.verb for said in again.statements.order_by("id")] == ["explain", "confirm", "reopen"]


@pytest.mark.parametrize("action", ["clear", "ask", "withdraw", "reopen"])
def test_the_hospital_does_not_judge_itself(action: str, at: datetime) -> None:
    scene = factories.scene(at)
    one = factories.explained(scene, at)
    assert refusal(getattr(actions, action), actor=scene.office, number=one.number, text="好", at=at).code == "not_permitted"
    assert refusal(actions.explain, actor=scene.bureau, number=one.number, text="好", at=at).code == "not_permitted"
    assert refusal(actions.explain, actor=scene.township_office, number=one.number, text="好", at=at).code == "unknown_suspicion"


def test_words_files_and_states_are_refused_by_name(at: datetime) -> None:
    scene = factories.scene(at)
    one = factories.raised(scene, at)
    assert refusal(actions.explain, actor=scene.office, number=one.number, text="  ", at=at).field == "text"
    assert "2000" in refusal(actions.explain, actor=scene.office, number=one.number, text="长" * 2_001, at=at).zh
    assert refusal(actions.explain, actor=scene.office, number=one.number, text="见附件", file_name="a.pdf", content=b"GIF89a", at=at).field == "file"
    assert refusal(actions.explain, actor=scene.office, number=one.number, text="见附件", file_name="a.exe", content=b"MZ", at=at).field == "file"
    actions.withdraw(actor=scene.bureau, number=one.number, text="规则有误。", at=at)
    late = refusal(actions.explain, actor=scene.office, number=one.number, text="好", at=at)
    assert late.code == "wrong_state" and "已撤回" in late.zh and scene.bureau.name in late.zh
    assert not Suspicion.objects.filter(statements__verb="explain").exists()


def test_stays_too_close_are_raised_across_months(at: datetime) -> None:
    scene = factories.scene(at)
    filing.filed(scene, at, filing.told(scene, "S1", discharged_on=date(2026, 3, 31)), filing.told(scene, "S2", admitted_on=date(2026, 4, 6), discharged_on=date(2026, 4, 9)))
    actions.scan_month(month=date(2026, 3, 1), at=at)
    assert Suspicion.objects.count() == 0
    actions.scan_month(month=date(2026, 4, 1), at=at)
    one = Suspicion.objects.get()
    assert (one.rule, one.amount, len(one.beside)) == ("same_disease", 1_000_000, 1) and "第 6 天" in one.because


def test_a_change_marks_its_month_and_the_next_and_the_clock_works_them_off(at: datetime) -> None:
    scene = factories.scene(at)
    factories.repeated(scene, at)
    for _ in range(2):
        actions.mark_changed(resident=scene.resident, discharged_on=date(2026, 3, 11))
    assert sorted(DueMonth.objects.values_list("month", flat=True)) == [date(2026, 3, 1), date(2026, 4, 1)]
    assert actions.scan_due(at=at) == 1 and not DueMonth.objects.exists() and actions.scan_due(at=at) == 0


def test_the_bureau_asks_for_a_month(at: datetime) -> None:
    scene = factories.scene(at)
    factories.repeated(scene, at)
    assert actions.ask_scan(actor=scene.bureau, month=factories.MONTH, at=at) == 1
    assert refusal(actions.ask_scan, actor=scene.office, month=factories.MONTH, at=at).code == "not_permitted"
    assert refusal(actions.ask_scan, actor=scene.bureau, month=date(2030, 1, 1), at=at).field == "month"


def test_points_of_the_consortium_limit_by_sex_on_their_days(at: datetime) -> None:
    scene = factories.scene(at)
    (claim,) = filing.filed(scene, at, filing.told(scene))
    claims.charge(actor=scene.office, lines=[factories.billed(claim, "1", "YX-O09", name="前列腺按摩（样例）", amount=1_800)], at=at)
    point = {"limit": "service_sex", "code": "YX-O09", "name": "前列腺按摩（样例）", "sex": "1", "document": "样例", "edition": "1", "entered_at": at}
    KnowledgePoint.objects.create(consortium="elsewhere", effective_from=date(2026, 1, 1), **point)
    KnowledgePoint.objects.create(consortium=scene.bureau.consortium, effective_from=date(2026, 3, 12), **point)
    assert actions.scan_month(month=factories.MONTH, at=at) == (1, 0)
    KnowledgePoint.objects.create(consortium=scene.bureau.consortium, effective_from=date(2026, 1, 1), **point)
    assert actions.scan_month(month=factories.MONTH, at=at) == (1, 1)
    assert Suspicion.objects.get().rule == "sex_limit"


def test_a_near_limit_is_said_once(at: datetime) -> None:
    one = factories.raised(factories.scene(at), at)
    assert actions.remind_due(at=at) == 0
    assert actions.remind_due(at=at + timedelta(days=8)) == 1 and actions.remind_due(at=at + timedelta(days=9)) == 0
    assert JournalEntry.objects.get(word="supervision.reminded").facts["number"] == one.number


def test_a_scan_asks_the_database_as_often_for_many_as_for_one(at: datetime, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    scene = factories.scene(at)
    for number in range(6):
        factories.repeated(scene, at, f"S{number}", f"2026-03-{1 + number * 4:02d} 09:30", admitted_on=date(2026, 3, 1) + timedelta(number * 4), discharged_on=date(2026, 3, 3) + timedelta(number * 4), diagnoses=(f"I{20 + number}.000",))
    with django_assert_max_num_queries(32):
        people, raised = actions.scan_month(month=factories.MONTH, at=at)
    assert people == 1 and raised >= 6


def test_scope_of_an_actor_is_the_consortium(at: datetime) -> None:
    scene = factories.scene(at)
    one = factories.raised(scene, at)
    stranger = replace(scene.bureau, reach={})
    assert refusal(actions.clear, actor=stranger, number=one.number, text="好", at=at).code == "unknown_suspicion"
