"""Contracts nobody confirmed in time lapse and give their place back; those that ran out without a successor expire."""

from __future__ import annotations

from datetime import datetime, timedelta

from yilianti.care.contract import api as contract

EVERY = timedelta(minutes=30)


def tick(at: datetime) -> int:
    """Returns how many."""
    return contract.lapse_due(at=at) + contract.expire_due(at=at)
