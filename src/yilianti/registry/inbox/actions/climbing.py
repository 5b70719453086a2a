"""Climbing: what nobody answers goes up its ladder, each rung once, by the policy of the institution that owes the answer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from yilianti import policybook
from yilianti.kernel.actor import Actor, Scope
from yilianti.policybook.calendar import Calendar
from yilianti.registry.access import api as access
from yilianti.registry.inbox import recipients, rules
from yilianti.registry.inbox.actions import reaching
from yilianti.registry.inbox.actions.answering import record
from yilianti.registry.inbox.models import Address, Item, Rung
from yilianti.registry.inbox.rules import Step
from yilianti.registry.inbox.terms import Place, To, Why
from yilianti.registry.institutions import api as institutions

POLICY = "inbox.escalation"
AT_MOST = 500


def escalate_due(*, actor: Actor, at: datetime) -> int:
    """Take the rungs whose time has come; returns how many. Two who run this share the items between them."""
    due = Item.objects.filter(climbs_at__lte=at, done_at__isnull=True).order_by("climbs_at")
    scopes: dict[int, Scope] = {}
    taken = 0
    for number, institution in list(due.values_list("id", "institution")[:AT_MOST]):
        if institution not in scopes:
            scopes[institution] = institutions.scope_of(institution, at)
        taken += _climb(actor, number, scopes[institution], at)
    return taken


@transaction.atomic
def _climb(actor: Actor, number: int, scope: Scope, at: datetime) -> int:
    """Take every rung of one item that is reached, then note when to look again."""
    held = Item.objects.select_for_update(of=("self",), skip_locked=True).select_related("institution")
    item = held.filter(pk=number, climbs_at__lte=at, done_at__isnull=True).first()
    if item is None:
        return 0
    policy = policybook.in_force(POLICY, timezone.localdate(at), scope)
    ahead = _ahead(item, policy, Calendar(scope))
    reached = [step for when, step in ahead if when <= at]
    for step in reached:
        _take(actor, item, step, policy, scope, at)
    item.climbs_at = next((when for when, _ in ahead if when > at), None)
    item.step += len(reached)
    item.save(update_fields=["climbs_at", "step"])
    return len(reached)


def _ahead(item: Item, policy: policybook.Edition, calendar: Calendar) -> list[tuple[datetime, Step]]:
    """The rungs not yet taken in this round, with their moments; taken work climbs no further than its own limit asks."""
    assert policy.table is not None
    taken = set(Rung.objects.filter(item=item, round=item.round).values_list("step", flat=True))
    steps = [s for s in rules.ladder(policy.table.dicts(), item.urgency, item.role) if s.step not in taken]
    if item.claimed_by_id is not None:
        steps = [step for step in steps if step.counted_from == "due"]
    timed = [(rules.falls_at(step, item.waits_since, item.due_at, calendar), step) for step in steps]
    return sorted(((when, step) for when, step in timed if when is not None), key=lambda pair: (pair[0], pair[1].step))


def _take(actor: Actor, item: Item, step: Step, policy: policybook.Edition, scope: Scope, at: datetime) -> None:
    asked = recipients.people_of(item.addresses.all(), at)
    added = _added(item, step, asked, policy, scope, at)
    Address.objects.bulk_create(added, ignore_conflicts=True)
    reached = asked if step.to == To.SAME else recipients.people_of(added, at)
    Rung.objects.create(item=item, round=item.round, step=step.step, to=step.to, at=at, skipped=not reached, policy_ref=policy.policy_ref)
    facts = {"round": item.round, "step": step.step, "to": step.to, "people": len(reached), "institutions": sorted({a.institution_id for a in added if a.institution_id})}
    record("inbox.escalated", actor, item, at, facts, [policy.policy_ref])
    reaching.plan(item, reached, step.step, scope, at)


def _added(item: Item, step: Step, asked: Iterable[int], policy: policybook.Edition, scope: Scope, at: datetime) -> list[Address]:
    """Whom a rung adds to those who see the item; nobody where nobody stands there."""
    if step.to == To.ROLE:
        place = _place(item, step.place, scope, at)
        if place is None or not access.holders(step.to_role, place, timezone.localdate(at)):
            return []
        return [Address(item=item, institution_id=place, role=step.to_role, why=Why.ESCALATED.value, at=at)]
    named: set[int] = set()
    if step.to == To.DEPUTY:
        named = set(recipients.deputies_of(asked, at).values())
    elif step.to == To.DEPARTMENT_HEAD:
        named = recipients.heads(item, asked, policy["head_posts"], at)
    return [Address(item=item, person_id=person, why=Why.ESCALATED.value, at=at) for person in sorted(named)]


def _place(item: Item, place: str, scope: Scope, at: datetime) -> int | None:
    if place == Place.LEAD:
        lead = institutions.lead_of(scope.consortium, timezone.localdate(at))
        return lead.id if lead else None
    return item.institution.parent_id if place == Place.PARENT else item.institution_id
