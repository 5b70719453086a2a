"""The ledger: every claim charged once, corrected, withdrawn, late, moved between places, by fund and by whose amount."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum

from yilianti.kernel.finding import Refused
from yilianti.registry.institutions.models import Institution, Membership
from yilianti.settlement.budget import rules, year
from yilianti.settlement.budget.models import Charged, Package, Reckoning
from yilianti.settlement.budget.terms import Fund, PlaceOfCare
from yilianti.settlement.budget.tests import factories
from yilianti.settlement.claims import actions as claims
from yilianti.settlement.claims.models import Claim
from yilianti.settlement.claims.tests import factories as filing

pytestmark = pytest.mark.django_db


def lines(package: Package) -> list[tuple[str, int, str, int]]:
    """Claim number, month, place, fen, in the order of writing."""
    rows = Charged.objects.filter(package=package).order_by("id").values_list("claim__number", "month__month", "place", "fen")
    return list(rows)


def policy(monkeypatch: pytest.MonkeyPatch, **changes: Any) -> None:
    plain = rules.charged
    monkeypatch.setattr(rules, "charged", lambda scope, day, fund: replace(plain(scope, day, fund), **changes))


def test_each_claim_is_charged_once_by_place_of_care(at: datetime) -> None:
    scene = factories.scene(at)
    package = factories.fixed(scene, at)
    here, private, city = factories.billed(scene, at), factories.billed(scene, at, "P1", scene.private.pk, 2), factories.billed(scene, at, "C1", scene.city.pk, 1)
    factories.reckoned(scene, package, at, 1, 2, 3)
    assert lines(package) == [(city.number, 1, "outside", city.basic), (private.number, 2, "purchased", private.basic), (here.number, 3, "member", here.basic)]
    assert here.basic > 0 and private.basic > 0 and city.basic > 0
    one = Charged.objects.get(claim=here)
    assert (one.disease, one.kind, one.turn, one.home_id) == ("I20", "inpatient", here.turn, scene.claims.township)
    last = year.last(package)
    assert last is not None and (last.gross, last.spent, last.lines) == (here.basic + private.basic + city.basic, here.basic + private.basic + city.basic, 1)
    factories.reckoned(scene, package, at, 3)
    assert len(lines(package)) == 3 and Reckoning.objects.filter(month=factories.MARCH).count() == 2


def test_a_late_a_corrected_and_a_withdrawn_bill_are_lines_of_the_month_that_learns_of_it(at: datetime) -> None:
    scene = factories.scene(at)
    package = factories.fixed(scene, at)
    claim = factories.billed(scene, at, month=1)
    factories.reckoned(scene, package, at, 1)
    factories.billed(scene, at, month=1, total=1_200_000)
    late = factories.billed(scene, at, "S2", month=1, admitted_on=date(2026, 1, 20), discharged_on=date(2026, 1, 25))
    factories.reckoned(scene, package, at, 2)
    dearer = Claim.objects.get(pk=claim.pk).basic - claim.basic
    assert dearer > 0 and lines(package)[1:] == [(claim.number, 2, "member", dearer), (late.number, 2, "member", late.basic)]
    claims.withdraw(actor=scene.claims.office, number=late.number, because="退费后重新结算", at=at)
    factories.reckoned(scene, package, at, 3)
    assert lines(package)[3:] == [(late.number, 3, "member", -late.basic)]
    assert year.months(package) == [claim.basic, dearer + late.basic, -late.basic]
    inputs = year.year_inputs(package)
    assert inputs["months"][2] == "0.00" and inputs["spending"]["members"] == f"{(claim.basic + dearer) / 100:.2f}"


def test_a_bill_of_somebody_else_or_of_another_fund_or_year_is_not_charged(at: datetime) -> None:
    scene = factories.scene(at)
    package = factories.fixed(scene, at)
    factories.billed(scene, at, "E1", insurance="employee")
    factories.billed(scene, at, "R1", month=5, region="530100")
    factories.billed(scene, at, "Y1", admitted_on=date(2025, 12, 1), discharged_on=date(2025, 12, 30))
    mine = factories.billed(scene, at, "S1", month=4, region="530921001000")
    factories.reckoned(scene, package, at, 1, 2, 3, 4, 5)
    assert lines(package) == [(mine.number, 4, "member", mine.basic)]


def test_a_bill_that_turns_out_to_be_of_another_fund_is_taken_back(at: datetime) -> None:
    scene = factories.scene(at)
    package = factories.fixed(scene, at)
    claim = factories.billed(scene, at, month=1)
    factories.reckoned(scene, package, at, 1)
    factories.billed(scene, at, month=1, insurance="employee")
    factories.reckoned(scene, package, at, 1)
    assert lines(package) == [(claim.number, 1, "member", claim.basic), (claim.number, 1, "member", -claim.basic)]


def test_two_funds_have_two_ledgers_and_the_insurers_amount_counts_where_nothing_is_priced(at: datetime) -> None:
    scene = factories.scene(at)
    resident, employee = factories.fixed(scene, at), factories.fixed(scene, at, fund="employee")
    mine = factories.billed(scene, at)
    settled = {"fund": 500_000, "basic": 480_000, "aid": 20_000, "person": 500_000}
    theirs = factories.billed(scene, at, "E1", month=1, insurance="employee", settled=settled)
    silent = factories.billed(scene, at, "E2", month=2, insurance="employee")
    for package in (resident, employee):
        factories.reckoned(scene, package, at, 1, 2, 3)
    assert lines(resident) == [(mine.number, 3, "member", mine.basic)] and lines(employee) == [(theirs.number, 1, "member", 480_000)]
    last = year.last(employee)
    assert last is not None and (last.unpriced, last.unpriced_total) == (1, silent.total)
    assert year.package_for("yunxi", 2026, Fund.EMPLOYEE) == employee and year.package_for("yunxi", 2025) is None


def test_what_has_no_price_is_counted_and_kept_out(at: datetime) -> None:
    scene = factories.scene(at)
    package = factories.fixed(scene, at)
    claim = factories.billed(scene, at, month=1)
    Claim.objects.filter(pk=claim.pk).update(gap="no_place", basic=0, fund=0, person=0)
    factories.reckoned(scene, package, at, 1)
    last = year.last(package)
    assert last is not None and (last.lines, last.spent, last.unpriced, last.unpriced_total) == (0, 0, 1, claim.total)


def test_a_member_that_leaves_in_the_year_is_one_until_that_day(at: datetime) -> None:
    scene = factories.scene(at)
    package = factories.fixed(scene, at)
    place = scene.claims.township
    Membership.objects.filter(institution=place).update(until_on=date(2026, 2, 11))
    office = scene.claims.township_office
    before = factories.billed(scene, at, "T1", place, 1, actor=office)
    after = factories.billed(scene, at, "T2", place, 2, actor=office)
    clinic = scene.claims.people.county.clinic
    Institution.objects.filter(pk=clinic.pk).update(connected=False)
    below = factories.billed(scene, at, "T3", clinic.pk, 1, actor=scene.bureau, kind="outpatient", admitted_on=date(2026, 1, 15), discharged_on=date(2026, 1, 15))
    factories.reckoned(scene, package, at, 1, 2)
    placed = dict(Charged.objects.values_list("claim__number", "place"))
    assert placed[before.number] == "member" and placed[after.number] == "purchased" and placed.get(below.number, "member") == "member"


def test_a_membership_entered_late_moves_what_was_charged(at: datetime) -> None:
    scene = factories.scene(at)
    package = factories.fixed(scene, at)
    claim = factories.billed(scene, at, "P1", scene.private.pk, 1)
    factories.reckoned(scene, package, at, 1)
    Membership.objects.create(consortium=package.consortium, institution=scene.private, role="member", from_on=date(2026, 1, 1))
    factories.reckoned(scene, package, at, 2)
    assert sorted(lines(package)[1:]) == sorted([(claim.number, 2, "purchased", -claim.basic), (claim.number, 2, "member", claim.basic)])
    assert year.months(package)[1] == 0 and year.spending(package).members == claim.basic and year.spending(package).purchased == 0


def test_purchase_may_stay_apart(at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = factories.scene(at)
    package = factories.fixed(scene, at)
    factories.billed(scene, at, "P1", scene.private.pk, 1)
    policy(monkeypatch, purchased=False)
    factories.reckoned(scene, package, at, 1)
    assert lines(package) == []


def test_lines_nobody_has_counted_yet_are_not_joined_row_by_row(at: datetime) -> None:
    scene = factories.scene(at)
    package = factories.fixed(scene, at)
    factories.billed(scene, at, month=1)
    plans: list[str] = []

    def explain(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        if " line JOIN " in sql:
            with connection.connection.cursor() as cursor:
                plans.append("\n".join(row[0] for row in cursor.execute(f"EXPLAIN {sql}", params).fetchall()))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        factories.reckoned(scene, package, at, 1)
    with connection.cursor() as cursor:
        cursor.execute("SHOW enable_nestloop")
        assert cursor.fetchone() == ("on",)
    assert plans and not any("Nested Loop" in plan for plan in plans)


def test_persons_under_catastrophic_insurance_come_off_by_name(at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = factories.scene(at)
    package = factories.fixed(scene, at)
    first = factories.billed(scene, at, month=1, total=2_000_000)
    dear = factories.billed(scene, at, "S2", month=2, total=40_000_000)
    factories.reckoned(scene, package, at, 1, 2)
    assert first.catastrophic == 0 and dear.catastrophic > 0, "后一次住院进入大病"
    january, february = year.reckoned(package)
    assert (january.catastrophic_persons, january.spent) == (0, first.basic)
    assert (february.gross, february.catastrophic_persons, february.spent) == (first.basic + dear.basic, first.basic + dear.basic, 0)
    assert year.months(package) == [first.basic, -first.basic] and year.year_inputs(package)["months"] == ["0.00", "0.00"]
    policy(monkeypatch, persons_off=False)
    factories.reckoned(scene, package, at, 2)
    again = year.last(package)
    assert again is not None and (again.catastrophic_persons, again.spent) == (0, first.basic + dear.basic)


def test_the_database_keeps_the_ledger(at: datetime) -> None:
    scene = factories.scene(at)
    package = factories.fixed(scene, at)
    factories.billed(scene, at, month=1)
    factories.reckoned(scene, package, at, 1)
    for change in (lambda: Charged.objects.update(fen=1), lambda: Charged.objects.all().delete(), lambda: Reckoning.objects.update(spent=0)):
        with pytest.raises(Exception, match="Cannot update or delete"), transaction.atomic():
            change()
    row = Charged.objects.get()
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_a_refusal_in_the_middle_writes_nothing(at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = factories.scene(at)
    package = factories.fixed(scene, at)
    factories.billed(scene, at, month=1)

    def silent(*_: object) -> None:
        raise Refused("no_policy", "没有路径")

    monkeypatch.setattr("yilianti.settlement.fund.api.path_rule", silent)
    with pytest.raises(Refused):
        factories.reckoned(scene, package, at, 1)
    assert not Charged.objects.exists() and not Reckoning.objects.exists()


def test_statements_do_not_grow_with_the_bills(at: datetime) -> None:
    scene = factories.scene(at)
    package = factories.fixed(scene, at)
    many = [filing.told(scene.claims, f"S{day}", kind="outpatient", admitted_on=date(2026, 1, day), discharged_on=date(2026, 1, day), total=20_000, first_self=0) for day in range(1, 29)]
    filing.filed(scene.claims, at, *many)
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as one:
        factories.reckoned(scene, package, at, 1)
    charged = Charged.objects.filter(month=date(2026, 1, 1)).aggregate(fen=Sum("fen"))["fen"]
    assert charged == sum(Claim.objects.values_list("basic", flat=True))
    assert len(one) <= 30, len(one)
    assert year.charged_lines(package, place=PlaceOfCare.MEMBER, institution=scene.claims.hospital).count() == Charged.objects.count()
    assert year.spent_by_institution(package) == ({scene.claims.hospital: charged} if charged else {})


def test_all_pots_by_the_insurers_word(at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = factories.scene(at)
    package = factories.fixed(scene, at)
    factories.billed(scene, at, "S1", month=1, settled={"fund": 500_000, "person": 500_000})
    policy(monkeypatch, by_insurer=True, counts=("basic", "catastrophic", "aid", "other"))
    factories.reckoned(scene, package, at, 1)
    assert year.spending(package).members == 500_000, "没有分项，合计也够用"
    policy(monkeypatch, by_insurer=True, counts=("basic",))
    factories.reckoned(scene, package, at, 1)
    last = year.last(package)
    assert year.spending(package).members == 0 and last is not None and last.unpriced == 1
