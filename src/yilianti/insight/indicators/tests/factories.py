"""Figures computed by hand, for tests."""

from __future__ import annotations

import threading
from datetime import datetime

from yilianti.insight.facts import api as facts
from yilianti.insight.facts.tests.factories import seal
from yilianti.insight.indicators.models import Figure
from yilianti.insight.indicators.process import Keeper

ANSWER, ARRIVAL, PRIMARY = "platform.referral_answer_time", "platform.referral_arrival_rate", "nhc2020_12.primary_outpatient_share"
LEAKAGE = "platform.referral_leakage_share"


def count(at: datetime, *, anew: bool = False) -> None:
    """Seal what was written, follow it, compute what it moved, as the process would; `anew` takes all facts from the tables first."""
    seal(at)
    keeper, follower = Keeper(threading.Event()), facts.follower(at)
    try:
        if anew:
            follower.rebuild(at)
        while keeper.work(follower, at):
            pass
    finally:
        follower.close()


def figure(card: str, month: str = "2026-11-01", **place: object) -> tuple[int, int, object]:
    """(numerator, denominator, measured) of the consortium, or of an institution."""
    found = Figure.objects.get(card=card, month=month, **(place or {"consortium__code": "yunxi"}))
    return found.numerator, found.denominator, found.measured
