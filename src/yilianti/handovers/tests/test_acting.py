"""Whom a handover acts as."""

from __future__ import annotations

import pytest

from yilianti.handovers import acting
from yilianti.handovers.tests.factories import happen
from yilianti.kernel.actor import Scope
from yilianti.registry.institutions import api as institutions

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(monkeypatch) -> list[int]:
    """Institutions whose scope was asked for."""
    noted: list[int] = []
    monkeypatch.setattr(institutions, "scope_of", lambda institution, at: noted.append(institution) or Scope("yunxi", "991199"))
    return noted


def test_acts_as_the_system_under_the_policies_of_the_institution(asked):
    entry = happen()
    entry.to_institution = 5
    actor = acting.on_behalf_of(entry)
    assert actor.is_system
    assert (actor.institution, actor.scope) == (5, Scope("yunxi", "991199"))
    entry.actor_institution = 6
    assert acting.on_behalf_of(entry).institution == 6


def test_without_an_institution_no_policy_scope_is_invented(asked):
    assert acting.on_behalf_of(happen()).scope == Scope()
    assert asked == []


def test_a_round_asks_once_and_forgets_at_its_end(asked, at):
    with acting.one_round():
        acting.for_institution(5, at)
        acting.for_institution(5, at)
        acting.for_institution(6, at)
    assert asked == [5, 6]
    acting.for_institution(5, at)
    acting.for_institution(5, at)
    assert asked == [5, 6, 5, 5]
