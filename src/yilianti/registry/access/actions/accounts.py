"""Acts on accounts: open, disable, enable, reset the password."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from axes.utils import reset as unlock
from django.db import transaction
from django.utils import timezone

from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.access import access
from yilianti.registry.access.actions import logins
from yilianti.registry.access.actions.passwords import passing_password
from yilianti.registry.access.models import Account

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,47}")


def open_account(*, actor: Actor, person: int, username: str, at: datetime, password: str = "", is_demo: bool = False) -> tuple[Account, str]:
    """Open the one login of a person; returns it with a password that must be changed at the first sign-in.

    A given `password` (demo accounts) stays valid. Refused where the name is taken or the person has an account.
    """
    access.require_over_employer(actor, person, timezone.localdate(at))
    username = username.strip().lower()
    with transaction.atomic():
        if Account.objects.filter(username=username).exists():
            raise Refused("username_taken", f"账号“{username}”已有人使用，请换一个。", field="username")
        if Account.objects.filter(person_id=person).exists():
            raise Refused("has_account", "此人已有账号，请在列表中查找；忘记密码可重设。", field="person")
        account = Account(username=username, person_id=person, is_demo=is_demo, created_at=at)
        once = password or passing_password()
        account.set_password(once)
        account.password_changed_at = at if password else None
        account.must_change_password = not password
        account.save()
        _journal("access.opened", actor, account, at)
    return account, once


def is_username(text: str) -> bool:
    """Whether a login may be called so."""
    return _USERNAME.fullmatch(text) is not None


def first_passwords(*, actor: Actor, accounts: Sequence[int], at: datetime) -> list[tuple[Account, str]]:
    """Fresh passing passwords for those of these accounts nobody has signed in with yet; told once, kept nowhere."""
    waiting = Account.objects.filter(pk__in=accounts, is_active=True, last_login=None, must_change_password=True).order_by("username")
    return [reset_password(actor=actor, account=pk, at=at) for pk in waiting.values_list("pk", flat=True)]


def disable_account(*, actor: Actor, account: int, at: datetime) -> Account:
    """End every session of an account at once; nothing it did is touched."""
    with transaction.atomic():
        found = _locked(actor, account)
        if found.pk == actor.account:
            raise Refused("own_account", "不能停用自己的账号；请另一位安全管理员办理。")
        if not found.is_active:
            raise Refused("wrong_state", "此账号已停用。")
        found.is_active = False
        found.save(update_fields=["is_active"])
        logins.ground_gone(found.pk, at)
        _journal("access.disabled", actor, found, at)
    return found


def close_for(*, actor: Actor, person: int, at: datetime) -> bool:
    """Whoever has left signs in no more; False when they have no account in use."""
    pk = Account.objects.filter(person_id=person, is_active=True).values_list("pk", flat=True).first()
    if pk is None:
        return False
    disable_account(actor=actor, account=pk, at=at)
    return True


def enable_account(*, actor: Actor, account: int, at: datetime) -> Account:
    """Let a disabled account sign in again."""
    with transaction.atomic():
        found = _locked(actor, account)
        access.require_over_employer(actor, found.person_id, timezone.localdate(at))
        if found.is_active:
            raise Refused("wrong_state", "此账号已启用。")
        found.is_active = True
        found.save(update_fields=["is_active"])
        _journal("access.enabled", actor, found, at)
    return found


def reset_password(*, actor: Actor, account: int, at: datetime) -> tuple[Account, str]:
    """Give a passing password, end every session and lift a lock; the person sets their own at the next sign-in."""
    with transaction.atomic():
        found = _locked(actor, account)
        access.require_over_employer(actor, found.person_id, timezone.localdate(at))
        once = passing_password()
        found.set_password(once)
        found.must_change_password = True
        found.save(update_fields=["password", "must_change_password"])
        unlock(username=found.username)
        logins.ground_gone(found.pk, at)
        _journal("access.password_reset", actor, found, at)
    return found, once


def _locked(actor: Actor, account: int) -> Account:
    found = Account.objects.select_for_update().filter(pk=account).first()
    if found is None:
        raise Refused("no_account", "没有这个账号。")
    access.require_over_person(actor, found.person_id)
    return found


def _journal(word: str, actor: Actor, account: Account, at: datetime) -> None:
    journal.write(word, actor=actor, at=at, subject=access.subject_of(account.person_id), facts={"account": account.pk})
