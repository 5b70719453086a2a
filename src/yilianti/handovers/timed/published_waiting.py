"""Waiting times are published anew every night."""

from __future__ import annotations

from datetime import datetime, timedelta

from yilianti.insight.indicators import api as indicators
from yilianti.kernel.actor import Actor

EVERY = timedelta(minutes=30)


def tick(at: datetime) -> int:
    """The first tick of a day publishes; returns how many figures."""
    return indicators.publish_waiting(actor=Actor.system(), at=at)
