"""A charter, an agreement or a contract that will expire within the days of the policy is spoken of once."""

from __future__ import annotations

from datetime import datetime, timedelta

from yilianti.kernel.actor import Actor
from yilianti.registry.governance import api as governance

EVERY = timedelta(hours=6)


def tick(at: datetime) -> int:
    """Say so; returns of how many."""
    return governance.remind_expiring(actor=Actor.system(), at=at)
