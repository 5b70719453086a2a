"""A sign-in from a new address is told to its owner, once, without saying from where."""

from __future__ import annotations

import pytest

from yilianti.handovers import new_address_to_inbox
from yilianti.kernel.models import JournalEntry
from yilianti.registry.access.actions import logins
from yilianti.registry.access.queries import actor_for
from yilianti.registry.access.terms import Factor
from yilianti.registry.access.tests import factories
from yilianti.registry.inbox.models import Item

pytestmark = pytest.mark.django_db


def test_the_owner_is_told_once(at):
    county = factories.county()
    account = factories.staff(county.township, "township_doctor", "zhang")
    actor = actor_for(account.pk, at)
    for address in ("10.1.1.1", "10.9.9.9"):
        logins.begin(actor=actor, account=account.pk, factor=Factor.PASSWORD, address=address, browser="Edge", at=at)
    entry = JournalEntry.objects.get(word="access.signed_in_anew")
    new_address_to_inbox.hand_over(entry)
    new_address_to_inbox.hand_over(entry)
    item = Item.objects.get()
    assert (item.person_id, item.link) == (account.person_id, "/sessions/")
    assert "10.9" not in item.title + item.body and actor.name not in item.title + item.body
