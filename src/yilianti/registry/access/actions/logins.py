"""Acts on sign-ins: begin one, keep it alive, end one's own, end somebody else's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.access import access
from yilianti.registry.access.actions import trails
from yilianti.registry.access.limits import NATIONAL, session_limits
from yilianti.registry.access.models import Account, Login
from yilianti.registry.access.terms import Ending, EventKind, Factor

#: A login is marked as used at most this often, so that reading pages does not mean writing.
TOUCH_EVERY = timedelta(seconds=60)


def begin(*, actor: Actor | None, account: int, factor: Factor, address: str | None, browser: str, at: datetime) -> Login:
    """Somebody proved who they are: a row, a line on the trail, and what was open too long or too often ends.

    `actor` is who the account is now; None without a post, which comes no further than the door. All of it or nothing: who cannot
    be written down does not come in.
    """
    with transaction.atomic():
        locked = Account.objects.select_for_update().get(pk=account)  # two at once must not both be the last allowed
        limits = session_limits(timezone.localdate(at), actor.scope if actor else NATIONAL)
        is_new = _is_new_address(account, address, at - timedelta(days=limits.known_days))
        made = Login.objects.create(account=locked, began_at=at, seen_at=at, address=address, browser=browser, factor=factor.value)
        _sweep(locked, at, limits.idle_minutes, limits.longest_hours, limits.at_once)
        trails.record_event(EventKind.LOGIN, succeeded=True, at=at, account=account, username=locked.username, address=address, detail=factor.zh)
        if is_new and actor:
            _journal("access.signed_in_anew", actor, account, at, [made.pk])
    return made


def touch(login: int, seen_at: datetime, at: datetime) -> None:
    """Note that the person is at work."""
    if abs(at - seen_at) >= TOUCH_EVERY:
        Login.objects.filter(pk=login, ended_at__isnull=True).update(seen_at=at)


def lapse(*, login: int | None, account: int, at: datetime) -> None:
    """The claim of a session no longer holds (idle, over time, its ground gone): the row says so, if nothing else ended it."""
    Login.objects.filter(pk=login or 0, account=account, ended_at__isnull=True).update(ended_at=at, ended_why=Ending.LAPSED.value)


def sign_out(*, login: int, at: datetime) -> None:
    """The person leaves; the trail's own line says when."""
    Login.objects.filter(pk=login, ended_at__isnull=True).update(ended_at=at, ended_why=Ending.SIGNED_OUT.value)


def end_own(*, actor: Actor, at: datetime, login: int | None = None, keep: int | None = None) -> int:
    """End one of one's own logins, or all but the one to `keep`; returns how many ended. Dead at their very next request."""
    with transaction.atomic():
        rows = Login.objects.filter(account=actor.account or 0)
        rows = rows.filter(pk=login) if login is not None else rows.exclude(pk=keep or 0)
        ended = _end(rows, Ending.ENDED_BY_OWNER, at)
        if login is not None and not ended:
            raise Refused("changed_meanwhile", "这处登录已经结束。", "already ended")
        if ended:
            _journal("access.logins_ended", actor, actor.account or 0, at, ended)
    return len(ended)


def end_anybody(*, actor: Actor, account: int, at: datetime, login: int | None = None) -> int:
    """The security administrator ends one or all logins of a person in reach; returns how many ended."""
    with transaction.atomic():
        found = Account.objects.select_for_update().filter(pk=account).first()
        if found is None:
            raise Refused("no_account", "没有这个账号。")
        access.require_over_person(actor, found.person_id)
        rows = Login.objects.filter(account=found)
        ended = _end(rows.filter(pk=login) if login is not None else rows, Ending.ENDED_BY_KEEPER, at)
        if not ended:
            raise Refused("changed_meanwhile", "此人现在没有登录，或这处登录已经结束。", "already ended")
        _journal("access.logins_ended", actor, found.pk, at, ended)
    return len(ended)


def ground_gone(account: int, at: datetime, *, keep: int | None = None) -> None:
    """Part of another act (password, second factor, account): every login but the one to `keep` is over."""
    _end(Login.objects.filter(account=account).exclude(pk=keep or 0), Ending.GROUND_GONE, at)


def _end(rows: QuerySet[Login], why: Ending, at: datetime) -> list[int]:
    ended = list(rows.filter(ended_at__isnull=True).select_for_update().values_list("pk", flat=True))
    Login.objects.filter(pk__in=ended).update(ended_at=at, ended_why=why.value)
    return ended


def _is_new_address(account: int, address: str | None, since: datetime) -> bool:
    """An account's first login is no news to its owner, who is sitting in front of it."""
    earlier = Login.objects.filter(account=account)
    return earlier.exists() and not earlier.filter(address=address, seen_at__gte=since).exists()


def _sweep(account: Account, at: datetime, idle_minutes: int, longest_hours: int, at_once: int) -> None:
    """End what is over by the clock, and the longest unused ones beyond the limit; demo accounts are everybody's."""
    rows = Login.objects.filter(account=account, ended_at__isnull=True)
    over = rows.filter(seen_at__lte=at - timedelta(minutes=idle_minutes)) | rows.filter(began_at__lte=at - timedelta(hours=longest_hours))
    over.update(ended_at=at, ended_why=Ending.LAPSED.value)
    if not account.is_demo:
        crowded = list(rows.order_by("-seen_at", "-pk").values_list("pk", flat=True)[at_once:])
        Login.objects.filter(pk__in=crowded).update(ended_at=at, ended_why=Ending.CROWDED_OUT.value)


def _journal(word: str, actor: Actor, account: int, at: datetime, logins: Sequence[int]) -> None:
    person = Account.objects.values_list("person", flat=True).get(pk=account)
    facts = {"account": account, "logins": list(logins), "person": person}
    journal.write(word, actor=actor, at=at, subject=access.subject_of(person), facts=facts)


def remember_post(*, account: int, post: int) -> None:
    """In which post somebody acted last; a convenience, so without a journal line (the security trail has the choice)."""
    Account.objects.filter(pk=account).update(last_post=post)
