"""Consent holds from when it is given until it runs out or is withdrawn."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yilianti.kernel.finding import Refused
from yilianti.kernel.models import JournalEntry
from yilianti.registry.consent import actions, queries
from yilianti.registry.consent.tests.factories import given
from yilianti.registry.institutions.tests.factories import AT, SYSTEM, actor, county
from yilianti.registry.residents import api as residents
from yilianti.registry.residents.tests.factories import resident

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


def test_in_force_follows_the_moved_clock() -> None:
    here, who = county(), resident()
    one = given(who, here.hospital, until_at=AT + timedelta(days=30))
    assert queries.in_force(who.id, "referral", AT) == one
    assert queries.in_force(who.id, "referral", AT - SECOND) is None
    assert queries.in_force(who.id, "referral", AT + timedelta(days=30)) is None
    assert queries.in_force(who.id, "record_sharing", AT) is None


def test_withdraw_works_at_once_and_for_every_institution() -> None:
    here, who = county(), resident()
    given(who, here.hospital)
    given(who, here.townships[0])
    assert actions.withdraw(actor=SYSTEM, resident_id=who.id, purpose="referral", at=AT + SECOND, because="本人要求") == 2
    assert queries.in_force(who.id, "referral", AT + SECOND) is None
    assert queries.in_force(who.id, "referral", AT) is not None
    with pytest.raises(Refused) as refusal:
        actions.withdraw(actor=SYSTEM, resident_id=who.id, purpose="referral", at=AT + 2 * SECOND)
    assert refusal.value.code == "wrong_state"
    assert JournalEntry.objects.filter(word__startswith="consent.").count() == 3


def test_in_force_holds_for_those_merged() -> None:
    here, one, other = county(), resident("苏映荷"), resident("苏映菏")
    given(other, here.hospital)
    residents.merge(actor=SYSTEM, resident_id=one.id, other_id=other.id, at=AT)
    assert queries.in_force(one.id, "referral", AT)
    residents.unmerge(actor=SYSTEM, resident_id=other.id, because="同名", at=AT)
    assert queries.in_force(one.id, "referral", AT) is None


def test_record_needs_the_permission_there_and_known_words() -> None:
    here, who = county(), resident()
    clerk = actor(here.townships[0], "consent.record")
    with pytest.raises(Refused) as refusal:
        actions.record(actor=clerk, resident_id=who.id, purpose="referral", basis="signed", institution_id=here.hospital.id, at=AT)
    assert refusal.value.code == "not_permitted"
    for bad in ({"purpose": "x"}, {"basis": "x"}, {"until_at": AT}):
        with pytest.raises(Refused):
            options = {"purpose": "referral", "basis": "signed", **bad}
            actions.record(actor=clerk, resident_id=who.id, institution_id=here.townships[0].id, at=AT, **options)  # type: ignore[arg-type]


def test_withdraw_is_for_who_may_see_the_resident() -> None:
    here = county()
    who = resident(home=here.townships[0])
    given(who, here.townships[0])
    stranger = actor(here.townships[1], "consent.withdraw", "residents.view")
    with pytest.raises(Refused):
        actions.withdraw(actor=stranger, resident_id=who.id, purpose="referral", at=AT)
    keeper = actor(here.townships[0], "consent.withdraw", "residents.view")
    assert actions.withdraw(actor=keeper, resident_id=who.id, purpose="referral", at=AT) == 1
