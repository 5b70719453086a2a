"""Rules asked of what is filed: due people and months in blocks, a transaction each; what is suspected is raised once, what no longer holds is superseded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from django.db import connection, transaction

from yilianti.kernel.actor import Actor
from yilianti.settlement.claims import api as claims
from yilianti.settlement.supervision import reading
from yilianti.settlement.supervision.actions import marking, raising
from yilianti.settlement.supervision.terms import Suspected

#: People of one block: some 150,000 lines at most, so memory stays small.
BLOCK = 2_000
_LOCK = 7_531_025


def scan_due(*, at: datetime, blocks: int = 5) -> int:
    """Work off due months; returns how many new suspicions there are."""
    raised = 0
    for _ in range(blocks):
        with transaction.atomic():
            taken = marking.held(BLOCK)
            by_month: dict[date, list[int]] = defaultdict(list)
            for resident, month in taken:
                by_month[month].append(resident)
            raised += sum(look_through(people, month, at=at) for month, people in sorted(by_month.items()))
        if len(taken) < BLOCK:
            break
    return raised


def scan_month(*, month: date, at: datetime) -> tuple[int, int]:
    """Every filed claim of a month, now; returns how many people were looked at and how many new suspicions there are."""
    first = month.replace(day=1)
    found = claims.Claim.objects.filter(state="filed", discharged_on__gte=first, discharged_on__lt=marking.after(first))
    people = sorted(found.order_by().values_list("resident", flat=True).distinct())
    raised = 0
    for start in range(0, len(people), BLOCK):
        with transaction.atomic():
            raised += look_through(people[start : start + BLOCK], first, at=at)
    return len(people), raised


def look_through(people: Sequence[int], month: date, *, at: datetime) -> int:
    """Ask every rule of the claims these people were discharged with in a month, each under the policies of its place and day."""
    _alone()
    suspected: list[tuple[Suspected, Actor]] = []
    held = reading.of_people(people, month)
    for scope, book, judged in held.turns(at):
        actor = Actor.system(consortium=scope.consortium, region=scope.region)
        suspected += [(one, actor) for one in held.asked(book, judged)]
    return raising.settle(suspected, held, month, at)


def _alone() -> None:
    """One block at a time: two scans that both see nothing yet would both raise it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
