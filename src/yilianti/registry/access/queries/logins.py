"""Where an account is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from yilianti.kernel.actor import Actor
from yilianti.policybook import Edition
from yilianti.registry.access import access
from yilianti.registry.access.models import Account, Login
from yilianti.registry.access.sessions import is_over
from yilianti.registry.access.terms import Ending, Factor

SHOWN = 20


@dataclass(frozen=True)
class Row:
    """One login with its words; open only while it would still be let in."""

    login: Login
    factor: str
    is_open: bool
    why: str


def of_account(account: int, limit: Edition, at: datetime) -> list[Row]:
    """The latest logins, those used last first; one that idleness has ended is over before anybody asks."""
    found = Login.objects.filter(account=account).order_by("-seen_at", "-pk")[:SHOWN]
    return [_row(login, limit, at) for login in found]


def in_view(actor: Actor, login: int) -> Login | None:
    """Somebody's login, where the actor administers their account."""
    return Login.objects.filter(pk=login, account__in=Account.objects.filter(access.visible_to(actor))).first()


def _row(login: Login, limit: Edition, at: datetime) -> Row:
    over = is_over(login.began_at, login.seen_at, at, idle_minutes=limit.idle_minutes, longest_hours=limit.longest_hours)
    why = Ending.label(login.ended_why) if login.ended_at else Ending.LAPSED.zh if over else ""
    return Row(login, Factor.label(login.factor), not (login.ended_at or over), why)
