"""Whom a handover acts as: the system, on behalf of the institution whose act it follows."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from django.utils import timezone

from yilianti.kernel.actor import Actor, Scope
from yilianti.kernel.models import JournalEntry
from yilianti.registry.institutions import api as institutions


class _Round(threading.local):
    scopes: dict[tuple[int, date], Scope] | None = None


_round = _Round()


def on_behalf_of(entry: JournalEntry) -> Actor:
    """The system acting for the entry's institution, so that policies are those of its consortium and region."""
    return for_institution(entry.actor_institution or entry.to_institution or entry.from_institution, entry.at)


def for_institution(institution: int | None, at: datetime) -> Actor:
    """The system acting for an institution at that moment, or for none."""
    if institution is None:
        return Actor.system()
    scope = _scope(institution, at)
    return Actor.system(institution=institution, consortium=scope.consortium, region=scope.region)


@contextmanager
def one_round() -> Iterator[None]:
    """Within one round of the runner each institution's scope is asked once: it was half of the statements of a delivery."""
    _round.scopes = {}
    try:
        yield
    finally:
        _round.scopes = None


def _scope(institution: int, at: datetime) -> Scope:
    if _round.scopes is None:
        return institutions.scope_of(institution, at)
    key = (institution, timezone.localdate(at))
    if key not in _round.scopes:
        _round.scopes[key] = institutions.scope_of(institution, at)
    return _round.scopes[key]
