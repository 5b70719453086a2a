"""What a session holds; plain functions over the session's mapping, without a clock. Since when and until when is kept in Login."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

# Django's own keys (django.contrib.auth), written by its login().
ACCOUNT = "_auth_user_id"
FINGERPRINT = "_auth_user_hash"
POST = "post"
LOGIN = "login"
HALF = "half"

Session = MutableMapping[str, Any]


@dataclass(frozen=True)
class Claim:
    """What a session says of itself; nothing of it is believed before the database agrees."""

    account: int
    fingerprint: str
    post: int | None
    login: int | None


@dataclass(frozen=True)
class Half:
    """Somebody who gave the right password and owes the second factor."""

    account: int
    fingerprint: str
    at: float
    onward: str


def claim_of(session: Session) -> Claim | None:
    """The account and post a session claims; None when nobody signed in."""
    account = session.get(ACCOUNT)
    if account is None:
        return None
    return Claim(int(account), session.get(FINGERPRINT, ""), session.get(POST), session.get(LOGIN))


def begin(session: Session, login: int) -> None:
    """Tie a fresh session to the row that says how long it is good for."""
    session[LOGIN] = login


def owe(session: Session, half: Half) -> None:
    """The password was right: remember for a few minutes who owes the second factor."""
    session[HALF] = vars(half)


def half_of(session: Session, at: datetime, minutes: int) -> Half | None:
    """Who owes the second factor in this session; None when nobody does or it took too long."""
    kept: Mapping[str, Any] | None = session.get(HALF)
    if kept is None or abs(at.timestamp() - kept["at"]) > minutes * 60:
        return None
    return Half(**kept)


def is_over(began_at: datetime, seen_at: datetime, at: datetime, *, idle_minutes: int, longest_hours: int) -> bool:
    """True when nothing was done for the whole idle limit, or it has lasted too long; a moved-back clock lengthens neither."""
    return abs(at - seen_at) >= timedelta(minutes=idle_minutes) or abs(at - began_at) >= timedelta(hours=longest_hours)


def choose_post(session: Session, post: int) -> None:
    session[POST] = post


def has_chosen(session: Session) -> bool:
    """Whether somebody with several posts has said in which of them they act."""
    return POST in session
