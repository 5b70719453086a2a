"""Acts on the second factor: set it up, prove it at sign-in, use a recovery code, give it up, reset it for somebody."""

from __future__ import annotations

import secrets
from datetime import datetime

import pyotp
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.crypto import encryption
from yilianti.kernel.finding import Refused
from yilianti.registry.access import access, limits
from yilianti.registry.access.actions import logins
from yilianti.registry.access.models import Account, RecoveryCode, SecondFactor
from yilianti.registry.access.terms import Factor

STEP_SECONDS, DIGITS = 30, 6
# Read aloud and copied by hand: no letters that are mistaken for another. Eight of them are 38 bits, and failures lock.
_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"
_PURPOSE = "access_recoverycode.code"
WRONG = "动态口令不正确或已用过；请等手机显示下一个口令再输入，并核对手机时间是否准确。"


def begin(*, actor: Actor, at: datetime) -> SecondFactor:
    """Make a new secret for one's telephone; it counts only once a code from it has come back. Refused while one is in use."""
    with transaction.atomic():
        account = _own(actor)
        found = SecondFactor.objects.select_for_update().filter(account=account).first()
        if found and found.confirmed_at:
            raise Refused("wrong_state", "动态口令已启用；换手机请先停用，再重新启用。", "already in use")
        made, _ = SecondFactor.objects.update_or_create(account=account, defaults={"secret": pyotp.random_base32(), "begun_at": at})
    return made


def confirm(*, actor: Actor, code: str, at: datetime, keep: int | None = None) -> list[str]:
    """Take the factor into use with its first code; every other login ends. Returns the recovery codes, which are kept nowhere."""
    with transaction.atomic():
        account = _own(actor)
        found = SecondFactor.objects.select_for_update().filter(account=account).first()
        if found is None or found.confirmed_at:
            raise Refused("wrong_state", "请先生成二维码，再输入手机上的口令。", "nothing to confirm")
        if not _take(found, code, at, actor):
            raise Refused("wrong_code", WRONG, "wrong code", field="code")
        found.confirmed_at = at
        found.save(update_fields=["confirmed_at"])
        codes = _renew(account, at, actor)
        logins.ground_gone(account.pk, at, keep=keep)
        _journal("access.second_factor_confirmed", actor, account, at)
    return codes


def renew_recovery(*, actor: Actor, code: str, at: datetime) -> list[str]:
    """New recovery codes for a current one-time code; the old ones are void."""
    with transaction.atomic():
        account = _own(actor)
        _require_code(account, code, at, actor)
        codes = _renew(account, at, actor)
        _journal("access.recovery_renewed", actor, account, at)
    return codes


def remove(*, actor: Actor, code: str, at: datetime, keep: int | None = None) -> None:
    """Give the factor up (a new telephone, or no longer wanted) with a code of either kind; where it is required, set-up follows."""
    with transaction.atomic():
        account = _own(actor)
        if prove(account=account.pk, code=code, at=at) is None:
            raise Refused("wrong_code", WRONG, "wrong code", field="code")
        _forget(account)
        logins.ground_gone(account.pk, at, keep=keep)
        _journal("access.second_factor_removed", actor, account, at)


def reset(*, actor: Actor, account: int, at: datetime) -> Account:
    """The security administrator takes a lost factor away; the person sets up a new one at the next sign-in. Not one's own."""
    with transaction.atomic():
        found = Account.objects.select_for_update().filter(pk=account).first()
        if found is None:
            raise Refused("no_account", "没有这个账号。")
        access.require_over_employer(actor, found.person_id, timezone.localdate(at))
        if found.pk == actor.account:
            raise Refused("own_account", "不能重置自己的动态口令；请另一位安全管理员办理。", "not one's own")
        if not SecondFactor.objects.filter(account=found).exists():
            raise Refused("wrong_state", "此人没有启用动态口令。", "nothing to reset")
        _forget(found)
        logins.ground_gone(found.pk, at)
        _journal("access.second_factor_reset", actor, found, at)
    return found


def prove(*, account: int, code: str, at: datetime) -> Factor | None:
    """Take a one-time or recovery code of an account that has a factor in use, once; None when it is not one or was used before."""
    given = "".join(code.split()).replace("-", "").lower()
    with transaction.atomic():
        found = SecondFactor.objects.select_for_update().filter(account=account, confirmed_at__isnull=False).first()
        if found is None:
            return None
        if given.isdecimal() and given.isascii() and len(given) == DIGITS:
            return Factor.CODE if _take(found, given, at, None) else None
        kept = RecoveryCode.objects.select_for_update().filter(account=account, used_at__isnull=True)
        used = next((row for row in kept if encryption.mac_holds(_PURPOSE, f"{account}:{given}", row.code_mac)), None)
        if used is None:
            return None
        used.used_at = at
        used.save(update_fields=["used_at"])
    return Factor.RECOVERY


def _take(found: SecondFactor, code: str, at: datetime, actor: Actor | None) -> bool:
    """Compare with every step the clocks may differ by, later than the last one taken; the row is locked by the caller."""
    given, totp = "".join(code.split()), pyotp.TOTP(found.secret)
    now = int(at.timestamp()) // STEP_SECONDS
    either_side = limits.factor_limits(timezone.localdate(at), actor.scope if actor else limits.NATIONAL).steps_either_side
    for step in range(now - either_side, now + either_side + 1):
        if step > (found.last_step or 0) and constant_time_compare(totp.generate_otp(step), given):
            found.last_step = step
            found.save(update_fields=["last_step"])
            return True
    return False


def _require_code(account: Account, code: str, at: datetime, actor: Actor) -> None:
    found = SecondFactor.objects.select_for_update().filter(account=account, confirmed_at__isnull=False).first()
    if found is None or not _take(found, code, at, actor):
        raise Refused("wrong_code", WRONG, "wrong code", field="code")


def _renew(account: Account, at: datetime, actor: Actor) -> list[str]:
    RecoveryCode.objects.filter(account=account).delete()
    many = limits.factor_limits(timezone.localdate(at), actor.scope).recovery_codes
    codes = ["".join(secrets.choice(_READABLE) for _ in range(8)) for _ in range(many)]
    macs = [encryption.mac(_PURPOSE, f"{account.pk}:{code}") for code in codes]
    RecoveryCode.objects.bulk_create([RecoveryCode(account=account, code_mac=mac, made_at=at) for mac in macs])
    return [f"{code[:4]}-{code[4:]}" for code in codes]


def _forget(account: Account) -> None:
    SecondFactor.objects.filter(account=account).delete()
    RecoveryCode.objects.filter(account=account).delete()


def _own(actor: Actor) -> Account:
    return Account.objects.select_for_update().get(pk=actor.account or 0)


def _journal(word: str, actor: Actor, account: Account, at: datetime) -> None:
    journal.write(word, actor=actor, at=at, subject=access.subject_of(account.person_id), facts={"account": account.pk})
