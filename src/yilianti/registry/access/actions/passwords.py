"""Acts on passwords: the person's own new one, within the rules of `access.password`."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from yilianti import policybook
from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.access import access, limits, owners, rules
from yilianti.registry.access.actions import logins
from yilianti.registry.access.models import Account, PastPassword

# Without the letters and digits that are misread when copied by hand.
_READABLE = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_FIELD = "new_password1"


def change_password(*, actor: Actor, old: str, new: str, at: datetime, keep: int | None = None) -> Account:
    """The person's own new password; every login but the one to `keep` ends."""
    rule = limits.password_limits(timezone.localdate(at), actor.scope)
    with transaction.atomic():
        account = Account.objects.select_for_update().select_related("person").get(pk=actor.account or 0)
        if not account.check_password(old):
            raise Refused("wrong_password", "当前密码不正确，请重新输入。", field="old_password")
        _refuse_too_soon(account, rule, at)
        refuse_weak(account, new, rule)
        _refuse_earlier(account, new, rule)
        PastPassword.objects.create(account=account, password=account.password, until=at)
        _forget_beyond(account, rule.history)
        account.set_password(new)
        account.password_changed_at, account.must_change_password = at, False
        account.save(update_fields=["password", "password_changed_at", "must_change_password"])
        logins.ground_gone(account.pk, at, keep=keep)
        subject = access.subject_of(account.person_id)
        journal.write("access.password_changed", actor=actor, at=at, subject=subject, facts={"account": account.pk}, policy_refs=[rule.policy_ref])
    return account


def demand_another_if_known(*, account: Account, password: str, at: datetime) -> None:
    """A password that was ever printed is good for one thing: to set another (GB/T 22239-2019 8.1.4.2 b 默认口令)."""
    rule = limits.password_limits(timezone.localdate(at), limits.NATIONAL)
    if password not in rule.known or account.must_change_password:
        return
    with transaction.atomic():
        account.must_change_password = True
        account.save(update_fields=["must_change_password"])
        facts, subject = {"account": account.pk}, access.subject_of(account.person_id)
        journal.write("access.password_demanded", actor=Actor.system(), at=at, subject=subject, facts=facts, policy_refs=[rule.policy_ref])


def passing_password() -> str:
    """Sixteen readable characters, about 92 bits."""
    return "".join(secrets.choice(_READABLE) for _ in range(16))


def refuse_weak(account: Account, new: str, rule: policybook.Edition) -> None:
    """Refuse what breaks the rules or stands in a list of common passwords."""
    found = rules.faults_of_password(new, owners.of(account), rule, rule.policy_ref)
    if found:
        raise Refused("weak_password", "".join(finding.sentence for finding in found), found[0].en, field=_FIELD, findings=found)
    try:
        CommonPasswordValidator().validate(new)
    except ValidationError:
        raise Refused("weak_password", "这个密码太常见，容易被猜到；请另取一个。", "too common", field=_FIELD) from None


def _refuse_too_soon(account: Account, rule: policybook.Edition, at: datetime) -> None:
    since = account.password_changed_at
    if since and not account.must_change_password and at - since < timedelta(days=rule.min_age_days):
        until = timezone.localtime(since + timedelta(days=rule.min_age_days))
        zh = f"密码刚换过，{until:%m月%d日 %H:%M} 之后才能再换；怀疑泄露请联系安全管理员重设。"
        raise Refused("too_soon", zh, "changed a moment ago", field=_FIELD)


def _refuse_earlier(account: Account, new: str, rule: policybook.Edition) -> None:
    earlier = account.past_passwords.order_by("-pk").values_list("password", flat=True)[: max(0, rule.history - 1)]
    if any(check_password(new, kept) for kept in (account.password, *earlier)):
        raise Refused("weak_password", f"新密码不能与最近 {rule.history} 次用过的相同。", "used before", field=_FIELD)


def _forget_beyond(account: Account, many: int) -> None:
    kept = list(account.past_passwords.order_by("-pk").values_list("pk", flat=True)[:many])
    account.past_passwords.exclude(pk__in=kept).delete()
