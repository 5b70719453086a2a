"""The morning's digest: one message with the counts of what waits, for those who want it."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from yilianti import policybook
from yilianti.kernel import journal
from yilianti.kernel.actor import Actor, Scope
from yilianti.policybook.calendar import Calendar
from yilianti.registry.inbox import recipients
from yilianti.registry.inbox.actions.reaching import QUIET
from yilianti.registry.inbox.models import Digest, Preference
from yilianti.registry.institutions import api as institutions
from yilianti.registry.people import api as people

#: Later than this after its time a digest is no longer one of the morning.
MORNING = timedelta(hours=4)


def digest_due(*, actor: Actor, at: datetime) -> int:
    """Write this morning's digests that are due; returns how many. Nothing waits, nothing is sent."""
    day, made = timezone.localdate(at), 0
    wanting = Preference.objects.filter(digest=True, phone_confirmed_at__isnull=False)
    for person in wanting.exclude(person__in=Digest.objects.filter(day=day).values("person")).values_list("person", flat=True):
        posts = people.posts_of(person, day)
        if posts and _is_time(institutions.scope_of(posts[0].institution_id, at), at):
            made += _digest(actor, person, at)
    return made


def _is_time(scope: Scope, at: datetime) -> bool:
    local = timezone.localtime(at)
    policy = policybook.in_force(QUIET, local.date(), scope)
    starts = datetime.combine(local.date(), time.fromisoformat(policy["digest_at"]), local.tzinfo)
    works = policy["digest_on"] == "all" or Calendar(scope).is_working_day(local.date())
    return works and starts <= local < starts + MORNING


@transaction.atomic
def _digest(actor: Actor, person: int, at: datetime) -> int:
    """One person's row for this morning, whether anything waits or not, so that nobody is reckoned twice; only what waits is told."""
    waits = recipients.waiting_for(person, at)
    try:
        with transaction.atomic():
            Digest.objects.create(person_id=person, day=timezone.localdate(at), waiting=waits.waiting, urgent=waits.urgent, late=waits.late, at=at)
    except IntegrityError:
        return 0  # another runner was quicker
    if not waits.waiting:
        return 0
    facts = {"person": person, "waiting": waits.waiting, "urgent": waits.urgent, "late": waits.late}
    journal.write("inbox.digested", actor=actor, at=at, subject=f"inbox_person:{person}", facts=facts)
    return 1
