"""The card of consents, and the two acts on it."""

from __future__ import annotations

import pytest
from django.utils import timezone

from yilianti.registry.consent import queries
from yilianti.registry.institutions.tests.browsing import text, visit
from yilianti.registry.institutions.tests.factories import actor, county
from yilianti.registry.residents.tests.factories import resident

pytestmark = pytest.mark.django_db
ALL = ("residents.view", "consent.record", "consent.withdraw")


def test_record_and_withdraw_from_the_card() -> None:
    here = county()
    who, clerk = resident(home=here.townships[0]), actor(here.townships[0], *ALL)
    base = f"/consent/of/{who.number}/"
    assert "还没有知情同意" in text(visit(clerk, base))
    given = visit(clerk, f"{base}record", {"purpose": "referral", "basis": "signed", "until_on": ""})
    assert given.status_code == 302 and queries.in_force(who.id, "referral", timezone.now())
    card = visit(clerk, base, htmx=True)
    assert "有效" in text(card) and card.looks == [(who.id, "查看知情同意")] and "<html" not in text(card)
    assert visit(clerk, f"{base}withdraw", {"purpose": "referral"}, htmx=True).status_code == 204
    assert queries.in_force(who.id, "referral", timezone.now()) is None
    assert "已撤回" in text(visit(clerk, base))
    again = visit(clerk, f"{base}withdraw", {"purpose": "referral"}, htmx=True)
    assert again.status_code == 409


def test_strangers_see_and_change_nothing() -> None:
    here = county()
    who, stranger = resident(home=here.townships[0]), actor(here.townships[1], *ALL)
    base = f"/consent/of/{who.number}/"
    assert visit(stranger, base).status_code == 403
    assert visit(stranger, f"{base}record", {"purpose": "referral", "basis": "signed"}).status_code == 403
    assert visit(stranger, f"{base}withdraw", {"purpose": "referral"}).status_code == 403


def test_a_past_end_is_refused() -> None:
    here = county()
    who, clerk = resident(home=here.townships[0]), actor(here.townships[0], *ALL)
    answered = visit(clerk, f"/consent/of/{who.number}/record", {"purpose": "referral", "basis": "signed", "until_on": "2020-01-01"}, htmx=True)
    assert answered.status_code == 422 and "有效期" in text(answered)
