"""Acts on accounts: open, disable, enable, set and reset passwords."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from datetime import datetime

from axes.utils import reset as unlock
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.access import access
from yilianti.registry.access.limits import session_limits
from yilianti.registry.access.models import Account

# Without the letters and digits that are misread when copied by hand.
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,47}")
_READABLE = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"


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
        _journal("access.disabled", actor, found, at)
    return found


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
        _journal("access.password_reset", actor, found, at)
    return found, once


def change_password(*, actor: Actor, old: str, new: str, at: datetime) -> Account:
    """The person's own new password; every other session of theirs ends."""
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=actor.account or 0)
        if not account.check_password(old):
            raise Refused("wrong_password", "当前密码不正确，请重新输入。", field="old_password")
        _refuse_weak(account, old, new, at, actor)
        account.set_password(new)
        account.password_changed_at, account.must_change_password = at, False
        account.save(update_fields=["password", "password_changed_at", "must_change_password"])
        _journal("access.password_changed", actor, account, at)
    return account


def passing_password() -> str:
    """Sixteen readable characters, about 92 bits."""
    return "".join(secrets.choice(_READABLE) for _ in range(16))


def _refuse_weak(account: Account, old: str, new: str, at: datetime, actor: Actor) -> None:
    shortest = session_limits(timezone.localdate(at), actor.scope).password_min_length
    if len(new) < shortest:
        raise Refused("weak_password", f"新密码至少 {shortest} 位。", field="new_password1")
    if new == old:
        raise Refused("weak_password", "新密码不能与当前密码相同。", field="new_password1")
    try:
        validate_password(new, account)
    except ValidationError as error:
        raise Refused("weak_password", "；".join(error.messages), field="new_password1") from None


def _locked(actor: Actor, account: int) -> Account:
    found = Account.objects.select_for_update().filter(pk=account).first()
    if found is None:
        raise Refused("no_account", "没有这个账号。")
    access.require_over_person(actor, found.person_id)
    return found


def _journal(word: str, actor: Actor, account: Account, at: datetime) -> None:
    journal.write(word, actor=actor, at=at, subject=access.subject_of(account.person_id), facts={"account": account.pk})
