"""Opening a record in an emergency, its end, and its review."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from yilianti import policybook
from yilianti.kernel import journal, numbers
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.privacy import access, rules
from yilianti.registry.privacy.lifecycle import EMERGENCY
from yilianti.registry.privacy.models import EmergencyAccess
from yilianti.registry.privacy.terms import EmergencyReason, EmergencyState
from yilianti.registry.residents import api as residents

POLICY = "privacy.emergency"


def open_emergency(*, actor: Actor, resident_id: int, reason: str, words: str, at: datetime) -> EmergencyAccess:
    """Open a resident's whole record to one person for the minutes of the policy; refused without a reason in words."""
    standing = residents.standing_for(resident_id)
    access.require_open(actor, standing.id)
    assert actor.person is not None and actor.institution is not None  # what require_open has asked
    policy = policybook.in_force(POLICY, timezone.localdate(at), actor.scope)
    if reason not in [one.value for one in EmergencyReason]:
        raise Refused("reason_missing", "请选择紧急调阅的理由。", "choose a reason", field="reason")
    if not rules.enough_words(words, policy.least_words):
        raise Refused("words_missing", f"请用至少 {policy.least_words} 个字写明为何此刻必须查看；说明会进入复核，居民可以查阅。", "say why", field="words")
    try:
        with transaction.atomic():
            _end_overdue(standing.id, actor, at)
            opened = EmergencyAccess.objects.create(
                number=numbers.next_number("JJ", at), resident=standing, person_id=actor.person, institution_id=actor.institution, reason=reason,
                words=words.strip()[:200], opened_at=at, expires_at=at + timedelta(minutes=policy.minutes),
                review_due_on=timezone.localdate(at) + timedelta(days=policy.review_days), policy_ref=policy.policy_ref,
            )  # fmt: skip
            _record("privacy.emergency_opened", actor, opened, at, reason=reason, expires_at=opened.expires_at.isoformat())
    except IntegrityError as clash:
        if "one_open_emergency" not in str(clash):
            raise
        raise Refused("changed_meanwhile", "您对这位居民的紧急调阅已经打开；请刷新页面。", "already open") from clash
    return opened


def end_emergency(*, actor: Actor, number: str, at: datetime) -> EmergencyAccess:
    """The person who opened it has seen enough: from this moment on the record is closed to them again."""
    if not EmergencyAccess.objects.filter(number=number, person=actor.person or 0).exists():
        raise Refused("not_permitted", "只有打开者本人可以结束；到时也会自动结束。", "only who opened it")
    with _step(number, "end_emergency", actor, at) as found:
        found.ended_at = at
    return found


def expire(*, actor: Actor, at: datetime) -> int:
    """Close what has run out; it gave nothing any more since its moment of expiry. Returns how many."""
    overdue = EmergencyAccess.objects.filter(state=EmergencyState.OPENED.value, expires_at__lte=at)
    numbers_due = list(overdue.order_by("id").values_list("number", flat=True)[:500])
    for number in numbers_due:
        try:
            with _step(number, "expire", actor, at) as found:
                found.ended_at = found.expires_at
        except Refused:  # ended by its opener a moment ago
            continue
    return len(numbers_due)


def justify(*, actor: Actor, number: str, words: str, at: datetime) -> EmergencyAccess:
    """The reviewer finds that there was an emergency."""
    return _review(actor, number, "justify", words, at)


def question(*, actor: Actor, number: str, words: str, at: datetime) -> EmergencyAccess:
    """The reviewer does not find it justified; words are needed, the security administrator is told by handover."""
    if not words.strip():
        raise Refused("words_missing", "认定存疑时请写明理由。", "say why", field="words")
    return _review(actor, number, "question", words, at)


def _review(actor: Actor, number: str, action: str, words: str, at: datetime) -> EmergencyAccess:
    with _step(number, action, actor, at) as found:
        if found.person_id == actor.person:
            raise Refused("not_permitted", "不能复核自己的紧急调阅。", "not one's own")
        actor.require(access.REVIEW, found.institution_id)
        found.reviewed_by_id, found.reviewed_at, found.verdict = actor.person, at, words.strip()[:200]
    return found


@contextmanager
def _step(number: str, action: str, actor: Actor, at: datetime) -> Iterator[EmergencyAccess]:
    with transaction.atomic():
        found = EmergencyAccess.objects.select_for_update().filter(number=number).first()
        if found is None:
            raise Refused("unknown_emergency", f"没有编号为 {number} 的紧急调阅。", "unknown", field="number")
        step = EMERGENCY.step(found, action)
        yield found
        found.save()
        _record(step.word, actor, found, at)


def _end_overdue(resident_id: int, actor: Actor, at: datetime) -> None:
    """What ran out but was not yet closed by the clock must not stand in the way of a new emergency."""
    overdue = EmergencyAccess.objects.filter(resident=resident_id, person=actor.person, state=EmergencyState.OPENED.value, expires_at__lte=at)
    for number in overdue.values_list("number", flat=True):
        with _step(number, "expire", Actor.system(), at) as found:
            found.ended_at = found.expires_at


def _record(word: str, actor: Actor, found: EmergencyAccess, at: datetime, **facts: object) -> None:
    journal.write(word, actor=actor, at=at, subject=f"privacy:{found.number}", resident=found.resident_id, to_institution=found.institution_id,
                  facts={"number": found.number, "opener": found.person_id, **facts}, policy_refs=[found.policy_ref])  # fmt: skip
