"""A package drafted, amended, fixed and revised; paid in advance and corrected; overspend set aside and withdrawn."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from yilianti.kernel.finding import Refused
from yilianti.kernel.journal import history
from yilianti.kernel.models import JournalEntry
from yilianti.kernel.money import Money
from yilianti.registry.institutions.api import Consortium
from yilianti.settlement.budget import actions, year
from yilianti.settlement.budget.models import Instalment, Package, PackageVersion, Payment, SetAside
from yilianti.settlement.budget.tests import factories

pytestmark = pytest.mark.django_db


def refused(code: str, field: str, act: Any, **given: Any) -> None:
    with pytest.raises(Refused) as refusal:
        act(**given)
    assert (refusal.value.code, refusal.value.field) == (code, field), refusal.value.zh


def test_a_draft_is_what_the_formula_makes_of_the_facts(at: datetime) -> None:
    scene = factories.scene(at)
    package = factories.drafted(scene, at)
    assert package.number.startswith("BG2026") and (package.state, package.fen, package.a_head, package.persons) == ("drafted", factories.TOTAL, 87_400, 1000)
    assert [step["name"] for step in package.working] == ["基数", "总额", "人均"] and package.policy_refs == ["settlement.budget.base@2026-01-01#local/yunxi"]
    version = PackageVersion.objects.get()
    assert (version.verb, version.facts, version.by_name) == ("draft", factories.FACTS, scene.finance.name)
    assert not Instalment.objects.exists(), "没有核定，就没有预付"
    entry = JournalEntry.objects.get(word="budget.drafted")
    assert (entry.subject, entry.facts["fen"], entry.to_institution) == (f"budget:{package.number}", factories.TOTAL, scene.claims.hospital)


@pytest.mark.parametrize(("changes", "code", "field"), [
    ({"facts": {}}, "missing", "persons"), ({"facts": {**factories.FACTS, "persons": 0}}, "no_persons", "persons"), ({"facts": {**factories.FACTS, "funding": "1.005"}}, "bad_number", "funding"),
    ({"facts": {"persons": 5, "funding": "1"}}, "missing", "risk"), ({"facts": {**factories.FACTS, "risk": "990000"}}, "too_much", "risk"), ({"facts": {**factories.FACTS, "gift": "1"}}, "unknown_field", "gift"),
    ({"fund": "lottery"}, "unknown_fund", "fund"), ({"year": 2028}, "bad_year", "year"), ({"consortium": "nowhere"}, "unknown_consortium", "consortium"), ({"document": "  "}, "words_missing", "document"),
    ({"document": "长" * 161}, "words_long", "document"), ({"facts": {**factories.FACTS, "excluded": {"体检": "5"}}}, "unknown_exclusion", "excluded"), ({"facts": {**factories.FACTS, "paid": "5"}}, "bad_list", "paid"),
])  # fmt: skip
def test_what_cannot_be_is_refused_at_its_field(at: datetime, changes: dict[str, Any], code: str, field: str) -> None:
    scene = factories.scene(at)
    refused(code, field, factories.drafted, scene=scene, at=at, **changes)
    assert not Package.objects.exists() and not JournalEntry.objects.filter(word__startswith="budget.").exists()


def test_an_alliance_holds_no_fund(at: datetime) -> None:
    scene = factories.scene(at)
    Consortium.objects.update(model="specialty_alliance")
    with pytest.raises(Refused, match="专科联盟，没有基金可以包干") as refusal:
        factories.drafted(scene, at)
    assert refusal.value.field == "consortium" and not Package.objects.exists()


def test_one_package_a_year_and_fund(at: datetime) -> None:
    scene = factories.scene(at)
    package = factories.drafted(scene, at)
    with pytest.raises(Refused, match=package.number):
        factories.drafted(scene, at)
    assert factories.drafted(scene, at, year=2027).year == 2027 and factories.drafted(scene, at, fund="employee").fund == "employee"


def test_a_draft_is_amended_then_fixed_with_its_instalments(at: datetime) -> None:
    scene = factories.scene(at)
    number = factories.drafted(scene, at).number
    refused("changed_meanwhile", "", actions.amend, actor=scene.finance, number=number, facts=factories.FACTS, document="新", version=2, at=at)
    amended = actions.amend(actor=scene.finance, number=number, facts={**factories.FACTS, "catastrophic": "30000.01"}, document="云医保发〔2026〕4 号", version=1, at=at)
    assert (amended.version, amended.fen) == (2, 87_399_999)
    refused("words_missing", "resolution", actions.fix, actor=scene.bureau, number=number, resolution=" ", at=at)
    package = actions.fix(actor=scene.bureau, number=number, resolution="云医共体决〔2026〕1 号", version=2, at=at)
    assert (package.state, package.version, package.fixed_by_id) == ("fixed", 3, scene.bureau.person)
    due = list(package.instalments.order_by("number"))
    assert [one.begins_on.month for one in due] == [1, 4, 7, 10] and sum(one.fen for one in due) == package.fen
    assert due[0].fen == due[3].fen + 1 and due[0].due_on is not None
    refused("wrong_state", "", actions.amend, actor=scene.finance, number=number, facts=factories.FACTS, document="x", at=at)
    assert [one.verb for one in package.versions.order_by("version")] == ["draft", "amend", "fix"]


def test_who_drafted_does_not_fix(at: datetime) -> None:
    scene = factories.scene(at)
    package = factories.drafted(scene, at)
    Package.objects.update(drafted_by=scene.bureau.person)
    refused("own_draft", "", actions.fix, actor=scene.bureau, number=package.number, resolution="决议", at=at)


def test_only_those_whose_job_it_is(at: datetime) -> None:
    scene = factories.scene(at)
    package = factories.drafted(scene, at)
    refused("not_permitted", "", actions.draft, actor=scene.bureau, consortium="yunxi", year=2027, fund="resident", facts=factories.FACTS, document="x", at=at)
    refused("not_permitted", "", actions.fix, actor=scene.finance, number=package.number, resolution="x", at=at)
    refused("not_permitted", "", actions.draft, actor=scene.finance, consortium="shiqiao", year=2026, fund="resident", facts=factories.FACTS, document="x", at=at)
    refused("unknown_package", "number", actions.fix, actor=scene.claims.people.stranger, number=package.number, resolution="x", at=at)
    refused("not_permitted", "", actions.reckon_month, actor=scene.claims.office, number=package.number, month=date(2026, 1, 1), at=at)


def test_a_package_in_force_is_revised_with_its_reason(at: datetime) -> None:
    scene = factories.scene(at)
    package = factories.fixed(scene, at)
    more = {**factories.FACTS, "funding": "1100000.00"}
    given = {"actor": scene.bureau, "number": package.number, "facts": more, "document": "云医保发〔2026〕9 号", "resolution": "云医共体决〔2026〕5 号"}
    refused("words_missing", "because", actions.revise, **given, because="", at=at)
    revised = actions.revise(**given, because="年中追加筹资", at=at)
    assert revised.fen == 96_900_000 and sum(revised.instalments.values_list("fen", flat=True)) == revised.fen
    last = revised.versions.order_by("-version").first()
    assert last is not None and (last.verb, last.because, last.resolution) == ("revise", "年中追加筹资", "云医共体决〔2026〕5 号")
    entry = history(f"budget:{package.number}")[-1]
    assert (entry.word, entry.facts["before"], entry.facts["fen"]) == ("budget.revised", factories.TOTAL, 96_900_000)


def test_the_advance_is_paid_and_a_wrong_payment_taken_back(at: datetime) -> None:
    scene = factories.scene(at)
    package = factories.fixed(scene, at)
    give = {"actor": scene.bureau, "number": package.number, "at": at}
    whole = package.instalments.get(number=1).fen
    paid = actions.pay(**give, instalment=1, amount=Money(whole - 1), voucher="PZ1", paid_on=date(2026, 1, 10))
    for changes, code, field in (
        ({"instalment": 9}, "unknown_instalment", "instalment"), ({"voucher": "PZ1"}, "voucher_used", "voucher"), ({"paid_on": date(2026, 12, 1)}, "paid_in_future", "paid_on"),
        ({"amount": Money(2)}, "amount_beyond", "amount"), ({"amount": Money(0)}, "amount_beyond", "amount"), ({"voucher": ""}, "words_missing", "voucher"),
    ):  # fmt: skip
        refused(code, field, actions.pay, **give, **({"instalment": 1, "amount": Money(1), "voucher": "PZ2", "paid_on": date(2026, 1, 11)} | changes))
    assert year.instalments_paid(package) == whole - 1
    refused("words_missing", "because", actions.correct_payment, **give, payment=paid.pk, because="")
    back = actions.correct_payment(**give, payment=paid.pk, because="金额录错")
    assert (back.fen, back.corrects_id) == (-paid.fen, paid.pk) and year.instalments_paid(package) == 0
    refused("corrected_already", "payment", actions.correct_payment, **give, payment=paid.pk, because="再次")
    refused("unknown_payment", "payment", actions.correct_payment, **give, payment=back.pk, because="冲回冲销")
    actions.pay(**give, instalment=1, amount=Money(whole), voucher="PZ1", paid_on=date(2026, 1, 10))
    assert year.instalments_paid(package) == whole
    assert [entry.word for entry in history(f"budget:{package.number}")][2:] == ["budget.paid", "budget.payment_corrected", "budget.paid"]
    with pytest.raises(IntegrityError), transaction.atomic():
        Payment.objects.create(instalment=paid.instalment, voucher="X", paid_on=at.date(), fen=-5, at=at, by_name="x")


def test_the_bureau_is_reminded_once_of_an_instalment_that_is_due(at: datetime) -> None:
    scene = factories.scene(at)
    package = factories.fixed(scene, at.replace(month=1, day=2))
    first = package.instalments.get(number=1)
    assert first.due_on is not None
    early = datetime.combine(first.due_on - timedelta(days=6), at.timetz())
    assert actions.remind_due(at=early) == 0
    assert actions.remind_due(at=early + timedelta(days=1)) == 1 and actions.remind_due(at=early + timedelta(days=2)) == 0
    entry = JournalEntry.objects.get(word="budget.instalment_reminded")
    assert entry.facts["instalment"] == 1 and entry.facts["due_on"] == first.due_on.isoformat()
    second = package.instalments.get(number=2)
    actions.pay(actor=scene.bureau, number=package.number, instalment=2, amount=Money(second.fen), voucher="PZ", paid_on=date(2026, 1, 2), at=early)
    assert actions.remind_due(at=at.replace(month=4, day=20)) == 0, "已付清的不提醒"


def test_overspend_that_a_policy_caused_is_set_aside(at: datetime) -> None:
    scene = factories.scene(at)
    package = factories.fixed(scene, at)
    claim = factories.billed(scene, at, month=1)
    give = {"actor": scene.bureau, "number": package.number, "at": at}
    refused("amount_beyond", "amount", actions.set_aside, **give, amount=Money(1), because="药品目录调整", document="云医保发〔2026〕7 号")
    factories.reckoned(scene, package, at, 1)
    row = actions.set_aside(**give, amount=Money(100_000), because="药品目录调整", document="云医保发〔2026〕7 号")
    assert year.spending(package).policy_caused == 100_000 and year.year_inputs(package)["spending"]["policy_caused"] == "1000.00"
    refused("amount_beyond", "amount", actions.set_aside, **give, amount=Money(claim.basic - 99_999), because="x", document="y")
    factories.reckoned(scene, package, at, 1)
    assert year.months(package) == [claim.basic - 100_000]
    back = actions.withdraw_set_aside(**give, row=row.pk, because="重复登记")
    assert (back.fen, back.withdraws_id) == (-100_000, row.pk) and year.spending(package).policy_caused == 0
    refused("withdrawn_already", "row", actions.withdraw_set_aside, **give, row=row.pk, because="再撤")
    assert SetAside.objects.count() == 2
