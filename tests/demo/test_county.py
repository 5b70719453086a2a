"""The invented county: whole, in every state, told in order, and loaded once."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.password_validation import validate_password
from django.db.models import F
from django.utils import timezone

from demo import bulk, county, names, offering, places, staff
from yilianti.capacity.services import rules
from yilianti.care.contract.models import Contract, Obligation
from yilianti.care.referral.models import ArrivalQuestion, Referral
from yilianti.care.referral.signed_with import SignedWith
from yilianti.care.referral.terms import State
from yilianti.gateways.hl7v2.models import Message
from yilianti.handovers.models import Waiting
from yilianti.kernel import sealing
from yilianti.kernel.models import JournalEntry
from yilianti.record.encounters.models import EncounterVersion
from yilianti.record.prescriptions.models import Allergy, Prescription
from yilianti.registry.access.models import Account
from yilianti.registry.institutions.models import Consortium, Institution
from yilianti.registry.residents import api as residents
from yilianti.registry.residents import queries
from yilianti.registry.residents.models import DuplicateSuspicion, Resident
from yilianti.settlement.budget.models import Charged, Instalment, Package, Reckoning
from yilianti.settlement.claims.models import Claim
from yilianti.settlement.distribution.models import Remark, Statement, StatementLine
from yilianti.settlement.supervision.models import KnowledgePoint, Suspicion
from yilianti.settlement.supervision.terms import Limit


@pytest.mark.django_db
def test_the_small_county_is_whole_and_loaded_once(at: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    assert county.load(progress=said.append, at=at)
    assert {state.value for state in State} == set(Referral.objects.values_list("state", flat=True))
    assert Consortium.objects.values("model").distinct().count() == 4
    assert Resident.objects.count() >= county.RESIDENTS
    assert set(Message.objects.exclude(state="applied").values_list("refusal_code", flat=True)) >= {"unknown_facility"}
    assert ArrivalQuestion.objects.filter(answered_at=None).count() == DuplicateSuspicion.objects.filter(decided_at=None).count() == 1
    assert Referral.objects.filter(state="submitted", answer_due_at__lt=at).exists()
    assert Referral.objects.filter(state="submitted", answer_due_at__gt=at).exists()
    assert not Waiting.objects.exists()
    assert Prescription.objects.filter(state="active").count() > 20
    assert {kind for kind in ("drug", "food", "none") if Allergy.objects.filter(kind=kind).exists()} == {"drug", "food", "none"}
    assert Prescription.objects.filter(resident__in=Referral.objects.filter(state__in=["draft", "submitted"]).values("resident")).exists(), "the form has something to go through"
    assert not Institution.objects.filter(latitude=None).exists()
    the_year_of_bills_is_worth_looking_at()
    both_sides_have_spoken_of_suspicions()
    family_doctors_have_kept_some_promises()
    both_fund_years_give_every_desk_something(at.date().year)
    sealed, unsealed = sealing.verify()
    assert sealed and not unsealed
    # A text message is left by the clock of today, whenever the step was taken: at night nobody is woken.
    moments = list(JournalEntry.objects.exclude(word__startswith="messaging.").order_by("id").values_list("at", flat=True))
    assert max(moments) <= at and moments[-1] > at - timedelta(days=1)
    assert Account.objects.filter(is_demo=False).count() == 0
    before = JournalEntry.objects.count(), Institution.objects.count()
    assert not county.load(progress=said.append, at=at)
    assert before == (JournalEntry.objects.count(), Institution.objects.count())
    bulk_residents_are_like_any_other(at, monkeypatch)


def both_fund_years_give_every_desk_something(year: int) -> None:
    """Last year: settled with a small surplus, confirmed by most, disputed once with a file. This year: fixed, above its path in the last month, and a draft for the bureau."""
    last, this = (Package.objects.get(year=one, fund="resident") for one in (year - 1, year))
    months = {one.month.month: one for one in Reckoning.objects.filter(package=last)}
    assert len(months) == 12 and 0 < last.fen - months[12].spent < last.fen // 20
    assert months[12].working and Charged.objects.filter(package=last).values("institution").distinct().count() > 12
    states = list(Statement.objects.filter(settlement__package=last).values_list("state", flat=True))
    assert {state: states.count(state) for state in set(states)} == {"confirmed": 13, "prepared": 2, "disputed": 1}
    assert Remark.objects.filter(verb="dispute", file__isnull=False).count() == 1
    assert {one.key for one in StatementLine.objects.all()} >= {"charged", "advance_paid", "surplus_share", "withheld", "expert", "remote", "recognition"}
    assert this.state == "fixed" and Reckoning.objects.filter(package=this).order_by("-month")[0].above
    assert Package.objects.filter(state="drafted").exists()
    owed = [(one.fen, sum(paid.fen for paid in one.payments.all())) for one in Instalment.objects.filter(package=this)]
    assert any(0 < paid < due for due, paid in owed) and all(paid <= due for due, paid in owed)


def family_doctors_have_kept_some_promises() -> None:
    """Most people signed, one waits, some said no; promised items done in time, late and not at all; referral knows of it."""
    stands = set(Contract.objects.values_list("state", flat=True))
    assert stands >= {"signed", "proposed", "refused", "ended"} and Contract.objects.filter(state="signed").count() > 30, stands
    promised = Obligation.objects.filter(due_on__lt=timezone.localdate())
    assert 0 < promised.filter(lines=None).count() < promised.count() and SignedWith.objects.count() > 30


def both_sides_have_spoken_of_suspicions() -> None:
    """Every state that people bring about, most families, and a knowledge point of each class."""
    stands = set(Suspicion.objects.values_list("state", flat=True))
    assert stands >= {"raised", "explained", "cleared", "confirmed", "recovered", "withdrawn"}, stands
    assert len(set(Suspicion.objects.values_list("family", flat=True))) >= 8
    assert set(KnowledgePoint.objects.values_list("limit", flat=True)) == {str(one) for one in Limit}


def the_year_of_bills_is_worth_looking_at() -> None:
    """Priced and grouped for the most part, some awaited, some settled otherwise, some whose lines do not add up; and a pair that only the referral tells apart."""
    filed = Claim.objects.filter(state="filed")
    assert filed.count() > 300 and Claim.objects.filter(state="awaiting").exists()
    assert set(filed.values_list("kind", flat=True)) == {"inpatient", "outpatient", "chronic"}
    stays = filed.filter(kind="inpatient")
    assert stays.exclude(drg="").count() > 0.7 * stays.count()
    assert filed.filter(catastrophic__gt=0, aid__gt=0).exists() and filed.filter(institution__connected=False, gap="").exists()
    assert filed.filter(gap="", insured_fund__isnull=False).exclude(insured_fund=F("fund")).exists()
    assert filed.filter(lines_total=F("total")).exists() and filed.filter(lines_total__gt=F("total")).exists()
    referred = stays.get(way="referred", follows__isnull=False)
    alone = stays.get(way="direct", total=referred.total, diagnoses=referred.diagnoses, admitted_on=referred.admitted_on)
    assert referred.person < alone.person


@pytest.mark.parametrize("way", offering.WAYS, ids=lambda way: f"{way[0]}-{way[1]}")
def test_no_road_is_shorter_than_the_straight_line_nor_faster_than_a_car(way: tuple[str, str, int, int]) -> None:
    start, end, minutes, km = way
    ends = [tuple(Decimal(degrees) for degrees in places.WHERE[key]) for key in (start, end)]
    straight = rules.straight_km(*ends)
    assert straight is not None and straight <= km <= 2 * straight
    assert 20 <= km / minutes * 60 <= 90


def bulk_residents_are_like_any_other(at: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Copied past the models, yet encrypted and found as theirs are."""
    monkeypatch.setitem(bulk.SIZES, "medium", (40, 80))
    bulk.load("medium", progress=lambda said: None, at=at)
    (found,) = queries._by_number("13900000007")
    assert queries._by_number("YBL0000000007") == [found]
    copied = Resident.objects.get(id=found)
    assert (copied.phone, copied.household) == ("13900000007", "") and copied.address.startswith("云溪县")
    assert all(version.content["details"] == {} for version in EncounterVersion.objects.filter(encounter__resident=copied))


@pytest.mark.django_db
def test_the_demo_password_passes_the_platforms_own_rules() -> None:
    for member in staff.STAFF:
        validate_password(staff.PASSWORD, Account(username=member.username or "x"))


def test_invented_people_have_numbers_that_hold() -> None:
    chance = random.Random(1)
    people = [names.person(chance, serial, date(2026, 11, 18)) for serial in range(300)]
    for person in people:
        card = residents.read_id_card(person.id_card)
        assert card and card.born_on == person.born_on and card.sex == person.sex
    assert len({person.id_card for person in people}) == len(people)


def test_an_unknown_size_is_named() -> None:
    with pytest.raises(ValueError, match="huge"):
        county.load(size="huge")
