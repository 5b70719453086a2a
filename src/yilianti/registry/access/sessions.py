"""What a session holds and when it ends; plain functions over the session's mapping, without a clock."""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

# Django's own keys (django.contrib.auth), written by its login().
ACCOUNT = "_auth_user_id"
FINGERPRINT = "_auth_user_hash"
POST = "post"
SEEN = "seen"
#: A session is marked as used at most this often, so that reading pages does not mean writing sessions.
TOUCH_EVERY_SECONDS = 60

Session = MutableMapping[str, Any]


@dataclass(frozen=True)
class Claim:
    """What a session says of itself; nothing of it is believed before the database agrees."""

    account: int
    fingerprint: str
    post: int | None
    seen: float | None


def claim_of(session: Session) -> Claim | None:
    """The account and post a session claims; None when nobody signed in."""
    account = session.get(ACCOUNT)
    if account is None:
        return None
    return Claim(int(account), session.get(FINGERPRINT, ""), session.get(POST), session.get(SEEN))


def is_idle(claim: Claim, at: datetime, idle_minutes: int) -> bool:
    """True when nothing was done for the whole time limit; a moved-back clock does not lengthen it."""
    return claim.seen is not None and abs(at.timestamp() - claim.seen) >= idle_minutes * 60


def touch(session: Session, at: datetime) -> None:
    """Note that the person is at work, at most once a minute."""
    if abs(at.timestamp() - session.get(SEEN, 0)) >= TOUCH_EVERY_SECONDS:
        session[SEEN] = int(at.timestamp())


def begin(session: Session, at: datetime) -> None:
    """Start the idle clock of a fresh session."""
    session[SEEN] = int(at.timestamp())


def choose_post(session: Session, post: int) -> None:
    session[POST] = post
