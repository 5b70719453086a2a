"""The two trails: who looked at a resident, and what happened at the door."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from yilianti.kernel import batching
from yilianti.kernel.actor import Actor
from yilianti.registry.access.models import AccessLog, SecurityEvent
from yilianti.registry.access.terms import EventKind, SignedIn

#: Grants this process has reported: their holder may ask for a page a second.
_reported: set[int] = set()


def record_looks(*, actor: Actor | None, looks: Sequence[tuple[int, str]], path: str, address: str | None, at: datetime) -> None:
    """Write one line per (resident id, purpose) seen in one request."""
    batching.insert(
        AccessLog(
            at=at,
            person=actor.person if actor else None,
            institution=actor.institution if actor else None,
            resident=resident,
            purpose=purpose[:120],
            path=path[:200],
            address=address or None,
        )
        for resident, purpose in dict.fromkeys(looks)
    )


def record_event(
    kind: EventKind,
    *,
    succeeded: bool,
    at: datetime,
    account: int | None = None,
    username: str = "",
    address: str | None = None,
    detail: str = "",
) -> None:
    """Write one line of the security trail; `username` is kept as typed, cut to its column."""
    SecurityEvent.objects.create(
        at=at,
        kind=kind.value,
        succeeded=succeeded,
        account=account,
        username=username.replace("\x00", "")[:48],
        address=address or None,
        detail=detail.replace("\x00", "")[:200],
    )


def record_broken_grants(found: SignedIn, *, address: str | None, at: datetime) -> None:
    """A grant whose seal does not hold was met and gave no right: one line per process that met it."""
    for grant in set(found.broken_grants) - _reported:
        detail = f"授权 {grant} 与其封签不符，不予承认"
        record_event(
            EventKind.GRANT_BROKEN, succeeded=False, at=at, account=found.actor.account, username=found.username, address=address, detail=detail
        )
        _reported.add(grant)
