"""Waiting: what the clock causes — a reminder before a promise is broken, reports after it, a lapse at the end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from yilianti import policybook
from yilianti.care.referral.actions import arriving, moving, placing, promising
from yilianti.care.referral.clocks import Clock
from yilianti.care.referral.models import Question, Referral
from yilianti.care.referral.rules import promises
from yilianti.care.referral.rules.promises import Promise, Rung
from yilianti.kernel.actor import Actor, Scope
from yilianti.kernel.finding import Refused
from yilianti.policybook.calendar import Calendar
from yilianti.registry.institutions import api as institutions

_AT_MOST = 200

Scopes = Callable[[int], Scope]


def remind_due(*, actor: Actor, at: datetime) -> int:
    """Take the rungs whose moment has come, each once: reminders before a limit, reports at it and after; returns how many."""
    scopes = _asked_once(at)
    return _referrals(actor, scopes, at) + _questions(actor, scopes, at)


def lapse_overdue(*, actor: Actor, at: datetime) -> int:
    """Close accepted referrals whose window has passed; one that changes meanwhile is left alone.

    A way home is not closed by the clock: the patient is the sender's until the first follow-up. Only its bed is given back.
    """
    _give_back_beds(at)
    overdue = list(Referral.objects.filter(state="accepted", goes_home=False, lapses_at__lt=at).order_by("lapses_at").values_list("number", flat=True)[:_AT_MOST])
    lapsed = 0
    for number in overdue:
        try:
            arriving.lapse(actor=actor, number=number, at=at)
            lapsed += 1
        except Refused:
            continue
    return lapsed


def _give_back_beds(at: datetime) -> None:
    """Of patients who were sent home and did not come to the bed that was kept for them; one transaction each, so that none holds two places."""
    unused = Referral.objects.filter(state="accepted", goes_home=True, lapses_at__lt=at).exclude(reservation="").order_by("id")
    for number in list(unused.values_list("number", flat=True)[:_AT_MOST]):
        with transaction.atomic():
            if referral := unused.select_for_update(skip_locked=True).filter(number=number).first():
                placing.give_back(referral, "逾期未到", at)
                referral.save(update_fields=["reservation"])


# One that a step or another runner holds is skipped: if it still owes anything, its turn comes with the next tick.
@transaction.atomic
def _referrals(actor: Actor, scopes: Scopes, at: datetime) -> int:
    due = Referral.objects.select_for_update(skip_locked=True).filter(speaks_at__lte=at).order_by("speaks_at")
    taken = 0
    for found in due[:_AT_MOST]:
        promise = promises.promise_of(found.state, found.goes_home)
        taken += _climb(actor, found, found, promise, scopes, at)
    return taken


@transaction.atomic
def _questions(actor: Actor, scopes: Scopes, at: datetime) -> int:
    due = Question.objects.select_for_update(skip_locked=True, of=("self",)).select_related("referral").filter(speaks_at__lte=at).order_by("speaks_at")
    return sum(_climb(actor, found, found.referral, Promise.QUESTION, scopes, at, found.asked_by) for found in due[:_AT_MOST])


def _climb(actor: Actor, clock: Clock, referral: Referral, promise: Promise | None, scopes: Scopes, at: datetime, asked_by: str = "") -> int:
    """Take every rung of one promise that is reached, and note when the clock speaks next."""
    taken = 0
    clock.speaks_at = None
    if promise is not None and clock.due_at is not None:
        owing = promising.owing(referral, promise, asked_by)
        for moment, rung in promises.ahead(promising.rungs(referral, promise, scopes(owing), at, asked_by), clock.rung, clock.due_at, Calendar(scopes(owing))):
            if moment > at:
                clock.speaks_at = moment
                break
            _speak(actor, clock.due_at, referral, promise, rung, owing, scopes, at)
            clock.rung, taken = rung.step, taken + 1
    clock.save(update_fields=["rung", "speaks_at"])
    return taken


def _speak(actor: Actor, due_at: datetime, referral: Referral, promise: Promise, rung: Rung, owing: int, scopes: Scopes, at: datetime) -> None:
    policy = policybook.in_force(promising.policy_of(promise), timezone.localdate(at), scopes(owing))
    facts = {"promise": promise.value, "due_at": due_at.isoformat(), "urgency": referral.urgency, "rung": rung.step,
             "told": promising.address(referral, rung.told, owing, at)}  # fmt: skip
    moving.record("referral.reminded" if rung.after < 0 else "referral.escalated", actor=actor, referral=referral, at=at, facts=facts, policy_refs=[policy.policy_ref])


def _asked_once(at: datetime) -> Scopes:
    """An institution's scope, asked once a round."""
    known: dict[int, Scope] = {}

    def scope(institution: int) -> Scope:
        if institution not in known:
            known[institution] = institutions.scope_of(institution, at)
        return known[institution]

    return scope
