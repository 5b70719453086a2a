"""Who works where, for the inbox's tests."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from yilianti.kernel.actor import Actor
from yilianti.registry.access import api as access
from yilianti.registry.access.tests import factories
from yilianti.registry.inbox import api as inbox
from yilianti.registry.inbox.models import Item

OFFICE = "referral_office"


def actor_of(account: Any, at: datetime) -> Actor:
    actor = access.actor_for(account.pk, at)
    assert actor is not None
    return actor


def worker(place: Any, role: str, at: datetime, called: str = "") -> Actor:
    """Somebody signed in with one post and one role there."""
    return actor_of(factories.staff(place, role, called=called), at)


def task(county: factories.County, at: datetime, key: str = "1", **more: Any) -> Item:
    """A task for the referral office of the county hospital."""
    given = {"institution_id": county.hospital.pk, "role": OFFICE, "title": f"转诊单 ZZ{key} 待答复", **more}
    return inbox.ask(key=key, at=at, **given)
