"""Settings of a person: channels for each urgency, quiet hours, digest, and a telephone confirmed by a code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from yilianti import policybook
from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.inbox import messages, rules
from yilianti.registry.inbox.actions.reaching import QUIET
from yilianti.registry.inbox.models import Preference
from yilianti.registry.inbox.terms import Channel, Urgency

CODE_LIVES, CODE_AGAIN, CODE_FAILURES = timedelta(minutes=10), timedelta(minutes=1), 5


@transaction.atomic
def choose(
    *, actor: Actor, channels: Mapping[str, Sequence[str]], quiet_from: time | None, quiet_until: time | None, digest: bool, at: datetime
) -> Preference:
    """Which channels for which urgency, one's own quiet hours within the policy's bounds, the morning's digest."""
    found = held_settings(actor)
    if bool(quiet_from) != bool(quiet_until):
        raise Refused("half_given", "免打扰的“开始”和“结束”要么都填，要么都不填（按医共体的时段）。", "give both or none", field="quiet_until")
    if quiet_from and quiet_until:
        _within(quiet_from, quiet_until, actor, at)
    wants = {urgency.value: [c.value for c in Channel if c.value in channels.get(urgency.value, ())] for urgency in Urgency}
    if (any(wants.values()) or digest) and found.phone_confirmed_at is None:
        raise Refused("phone_first", "要用短信等方式提醒，请先在上面确认手机号。", "confirm the telephone first", field="phone")
    for urgency, chosen in wants.items():
        setattr(found, urgency, chosen)
    found.quiet_from, found.quiet_until, found.digest = quiet_from, quiet_until, digest
    found.save()
    _record("inbox.settings_changed", actor, at, {**wants, "digest": digest})
    return found


@transaction.atomic
def ask_code(*, actor: Actor, phone: str, at: datetime) -> Preference:
    """Name one's telephone; a code is sent there, once a minute at most. Until it comes back the old number is not used either."""
    phone = phone.strip()
    if not rules.is_mobile(phone):
        raise Refused("no_mobile", "“手机号”应为 11 位大陆手机号；请核对。", "not a mobile number", field="phone")
    found = held_settings(actor)
    if found.code_asked_at is not None and at < found.code_asked_at + CODE_AGAIN:
        raise Refused("too_soon", "验证码一分钟只能发一次；请稍候再试。", "once a minute", field="phone")
    found.phone, found.phone_confirmed_at, found.code_asked_at, found.code_failures, found.code_error = phone, None, at, 0, ""
    found.save()
    _record("inbox.code_asked", actor, at, {"person": actor.person})
    return found


def confirm_phone(*, actor: Actor, code: str, at: datetime) -> Preference:
    """The code came back: messages may go to this number. A wrong one is counted even though it is refused."""
    with transaction.atomic():
        found = held_settings(actor)
        if found.code_asked_at is None or at > found.code_asked_at + CODE_LIVES or found.code_failures >= CODE_FAILURES:
            raise Refused("code_expired", "验证码已失效；请重新获取。", "code expired", field="code")
        if is_right := constant_time_compare(code.strip(), messages.code_of(found)):
            found.phone_confirmed_at, found.code_asked_at = at, None
            _record("inbox.phone_confirmed", actor, at, {})
        else:
            found.code_failures += 1
        found.save()
    if not is_right:
        raise Refused("code_wrong", f"验证码不对；还可以再试 {CODE_FAILURES - found.code_failures} 次。", "wrong code", field="code")
    return found


@transaction.atomic
def forget_phone(*, actor: Actor, at: datetime) -> Preference:
    """No messages outside the platform any more; the number is removed."""
    found = held_settings(actor)
    found.phone, found.phone_confirmed_at, found.code_asked_at, found.digest = "", None, None, False
    found.routine, found.urgent, found.critical = [], [], []
    found.save()
    _record("inbox.settings_changed", actor, at, {"phone": False})
    return found


def _within(begins: time, ends: time, actor: Actor, at: datetime) -> None:
    policy = policybook.in_force(QUIET, timezone.localdate(at), actor.scope)
    earliest, latest = time.fromisoformat(policy["earliest_from"]), time.fromisoformat(policy["latest_until"])
    if not rules.within(begins, ends, earliest, latest):
        raise Refused("out_of_bounds", f"免打扰最早从 {earliest:%H:%M} 开始、最晚到 {latest:%H:%M} 结束；请改在这个范围内。", "outside the bounds", field="quiet_from")


def held_settings(actor: Actor) -> Preference:
    """One's own settings, locked; made at the first need."""
    if actor.person is None:
        raise Refused("not_permitted", "只有本人可以更改自己的通知设置。", "only a person")
    Preference.objects.bulk_create([Preference(person_id=actor.person)], ignore_conflicts=True)
    return Preference.objects.select_for_update().get(person=actor.person)


def _record(word: str, actor: Actor, at: datetime, facts: Mapping[str, object]) -> None:
    journal.write(word, actor=actor, at=at, subject=f"inbox_person:{actor.person}", facts=facts)
