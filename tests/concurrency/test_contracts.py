"""Contracts at the same instant: the last place of a team is one resident's, and a resident has one contract."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from tests.concurrency.test_at_once import together
from yilianti.care.contract import actions
from yilianti.care.contract.models import Contract, Fulfilment
from yilianti.care.contract.terms import Said
from yilianti.care.contract.tests import factories
from yilianti.kernel.finding import Refused

pytestmark = pytest.mark.django_db(transaction=True)


def outcome(act) -> str:  # type: ignore[no-untyped-def]
    try:
        act()
    except Refused as refusal:
        return refusal.code
    return "taken"


def test_twenty_sign_the_last_place_and_one_gets_it(at: datetime) -> None:
    scene = factories.scene(at)
    actions.change_team(actor=scene.township, number=scene.team.number, name="柳河一队", members={scene.township.person: "leader"}, limit=3, at=at)
    for number in range(2):
        factories.signed(scene, at, factories.person(scene, at, name=f"先签者{number}", phone=""))
    waiting = [factories.person(scene, at, name=f"候签者{number}", phone="") for number in range(20)]
    found = Counter(together(20, lambda: outcome(lambda: factories.proposed(scene, at, waiting.pop()))))
    assert found == {"taken": 1, "panel_full": 19}
    assert Contract.objects.filter(state="proposed").count() == 1


def test_one_resident_and_many_teams(at: datetime) -> None:
    scene = factories.scene(at)
    teams = [actions.found_team(actor=scene.township, institution=scene.county.township.id, name=f"第{number}队", members={scene.township.person: "leader"}, at=at).id for number in range(8)]
    found = Counter(together(8, lambda: outcome(lambda: factories.proposed(scene, at, team=teams.pop()))))
    assert found == {"taken": 1, "changed_meanwhile": 7}


def test_confirmed_and_refused_at_once_only_one_holds(at: datetime) -> None:
    scene = factories.scene(at)
    made = factories.proposed(scene, at)
    acts = [lambda: actions.confirm(actor=scene.village, number=made.number, said=Said("signature", picture=factories.picture()), at=at), lambda: actions.refuse(actor=scene.village, number=made.number, because="不签", at=at)] * 4
    found = Counter(together(8, lambda: outcome(acts.pop())))
    assert found == {"taken": 1, "wrong_state": 7}
    made.refresh_from_db()
    assert made.obligations.count() == (3 if made.state == "signed" else 0)


def test_renewing_while_others_sign_waits_in_no_circle(at: datetime) -> None:
    """The person is held before the team, on every way in: else a renewal and a first contract could wait for each other."""
    scene = factories.scene(at)
    made = [factories.signed(scene, at, factories.person(scene, at, name=f"续签者{number}", phone="")) for number in range(6)]
    fresh = [factories.person(scene, at, name=f"新签者{number}", phone="") for number in range(6)]
    later = at + timedelta(days=350)
    acts = [lambda one=one: actions.renew(actor=scene.village, number=one.number, told=factories.told(scene), client_key=uuid4(), at=later) for one in made]
    acts += [lambda one=one: factories.proposed(scene, later, one) for one in fresh]
    assert Counter(together(12, lambda: outcome(acts.pop()))) == {"taken": 12}


def test_one_record_told_eight_times_counts_once(at: datetime) -> None:
    scene = factories.scene(at)
    factories.signed(scene, at)
    together(8, lambda: actions.fulfil_by_record(actor=scene.village, resident=scene.resident.id, service="record.kept", done_on=at.date(), source="followup", record="SF1", at=at + timedelta(days=1)))
    assert Fulfilment.objects.count() == 1
