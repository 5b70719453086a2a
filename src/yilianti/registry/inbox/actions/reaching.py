"""Reaching people elsewhere: whom to call by which channel and when, what became of it, and which channel comes next.

A call is one channel to one person. `call_due` journals it, a handover gives it to the gateway, `report` hears the outcome.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from yilianti import policybook
from yilianti.kernel.actor import Actor, Scope
from yilianti.registry.inbox import recipients, rules
from yilianti.registry.inbox.actions.answering import record
from yilianti.registry.inbox.models import Address, Call, Item, Preference
from yilianti.registry.inbox.terms import CallState, Why
from yilianti.registry.institutions import api as institutions

QUIET, MESSAGES = "inbox.quiet_hours", "inbox.messages"
AT_MOST = 500
SILENT = "网关没有回音，改用下一种方式"


def call_due(*, actor: Actor, at: datetime) -> int:
    """Plan the calls of what is new, hand over those whose time has come, give up on gateways that stay silent."""
    return _plan_new(at) + _hand_over(actor, at) + _give_up(actor, at)


def plan(item: Item, persons: Iterable[int], step: int, scope: Scope, at: datetime) -> None:
    """Note a call to each of these who wants one for this urgency, by the first of their channels, after the quiet hours."""
    quiet = policybook.in_force(QUIET, timezone.localdate(at), scope)
    wanting = Preference.objects.filter(person__in=list(persons), phone_confirmed_at__isnull=False)
    calls = []
    for preference in wanting:
        first, *others = getattr(preference, item.urgency) or [""]
        if first:
            not_before = _not_before(item.urgency, preference, quiet, at)
            calls.append(Call(item=item, person_id=preference.person_id, round=item.round, step=step, channel=first, others=others, not_before=not_before))
    Call.objects.bulk_create(calls, ignore_conflicts=True)


def report(*, actor: Actor, about: str, error: str, at: datetime) -> None:
    """What became of a message (`message_for` says what it is about): taken by the gateway, or not, with the reason.

    A call that failed is tried by the next channel; one sent again later is mended. What is about something else is passed over.
    """
    kind, _, number = about.partition(":")
    if kind == "inbox_call":
        _report(actor, int(number), error, at)
    elif kind == "inbox_code" and error:
        Preference.objects.filter(person=int(number), code_asked_at__isnull=False).update(code_error=error[:200])


@transaction.atomic
def _report(actor: Actor, call: int, error: str, at: datetime) -> None:
    found = Call.objects.select_for_update(of=("self",)).select_related("item").filter(pk=call).first()
    if found is None or found.state == CallState.REACHED or (error and found.state != CallState.CALLED):
        return
    found.state = CallState.FAILED.value if error else CallState.REACHED.value
    found.answered_at, found.error = at, error[:200]
    found.save(update_fields=["state", "answered_at", "error"])
    _record("inbox.unreached" if error else "inbox.reached", actor, found, at)
    if error and found.others:
        _next(found, at)


def _plan_new(at: datetime) -> int:
    """Items that came, or were handed over, since the last look."""
    new = Item.objects.filter(calls_at__lte=at, done_at__isnull=True).order_by("calls_at")
    with transaction.atomic():
        items = list(new.select_for_update(skip_locked=True)[:AT_MOST])
        scopes = {i: institutions.scope_of(i, at) for i in {item.institution_id for item in items}}
        for item in items:
            asked = recipients.people_of(_newly_asked(item), at)
            plan(item, asked | set(recipients.deputies_of(asked, at).values()), 0, scopes[item.institution_id], at)
        Item.objects.filter(pk__in=[item.pk for item in items]).update(calls_at=None)
    return len(items)


def _newly_asked(item: Item) -> list[Address]:
    """Whom it was handed over to just now, else whom it was sent to; rungs call for themselves."""
    addresses = list(item.addresses.all())
    handed = [a for a in addresses if a.why == Why.HANDED_OVER and a.at == item.waits_since]
    return handed or [a for a in addresses if a.why == Why.SENT]


@transaction.atomic
def _hand_over(actor: Actor, at: datetime) -> int:
    """Journal the calls that may be made now; what was answered meanwhile needs none."""
    due = Call.objects.filter(state=CallState.WAITING.value, not_before__lte=at).select_related("item").order_by("not_before")
    calls = list(due.select_for_update(of=("self",), skip_locked=True)[:AT_MOST])
    for call in calls:
        if call.item.done_at is not None or call.item.claimed_by_id is not None or call.round != call.item.round:
            call.state = CallState.NOT_NEEDED.value
        else:
            call.state, call.called_at = CallState.CALLED.value, at
            _record("inbox.called", actor, call, at)
    Call.objects.bulk_update(calls, ["state", "called_at"])
    return len(calls)


def _give_up(actor: Actor, at: datetime) -> int:
    """A gateway that says nothing is no reason to wait: the next channel is tried, and the item shows it."""
    silent = Call.objects.filter(state=CallState.CALLED.value, called_at__lte=at).select_related("item").order_by("called_at")[:AT_MOST]
    given_up = 0
    for call in silent:
        policy = policybook.in_force(MESSAGES, timezone.localdate(at), institutions.scope_of(call.item.institution_id, at))
        if call.called_at is not None and call.called_at + timedelta(minutes=policy.answer_within[call.item.urgency]) <= at:
            _report(actor, call.pk, SILENT, at)
            given_up += 1
    return given_up


def _next(failed: Call, at: datetime) -> None:
    """The same person by their next channel, at once: the quiet hours have been waited for already."""
    channel, *others = failed.others
    again = Call(item=failed.item, person_id=failed.person_id, round=failed.round, step=failed.step, channel=channel, others=others, not_before=at)
    Call.objects.bulk_create([again], ignore_conflicts=True)


def _not_before(urgency: str, preference: Preference, quiet: policybook.Edition, at: datetime) -> datetime:
    if urgency in quiet["pierces"]:
        return at
    begins, ends = rules.own_or(preference.quiet_from, preference.quiet_until, quiet["from"], quiet["until"])
    return rules.quiet_until(at, begins, ends)


def _record(word: str, actor: Actor, call: Call, at: datetime) -> None:
    error = {"error": call.error} if call.error else {}
    record(word, actor, call.item, at, {"call": call.pk, "person": call.person_id, "channel": call.channel, **error})
