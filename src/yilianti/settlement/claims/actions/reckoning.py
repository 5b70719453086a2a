"""Reckoned anew, because a policy, a scheme or a referral changed: prices of a year, groups of a span of days."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime

from django.db import transaction

from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.registry.residents import api as registry
from yilianti.settlement.claims import access, beneficiaries, grouping_kept, pricing_kept
from yilianti.settlement.claims.models import Claim
from yilianti.settlement.claims.pricing.terms import Kind
from yilianti.settlement.claims.terms import State

_PEOPLE, _STAYS = 500, 2_000
#: Told after each part: how many are done, of how many.
Progress = Callable[[int, int], None]


def _silent(done: int, of: int) -> None:
    """Nobody watches."""


def reprice(*, actor: Actor, year: int, at: datetime, residents: frozenset[int] | None = None, told: Progress = _silent) -> int:
    """Price the year's claims anew, of everybody within reach or of these residents; how many came out otherwise. People go some at a time, each time whole."""
    actor.require(access.RECKON)
    rows = Claim.objects.filter(access.reckoned_by(actor), state=State.FILED.value, discharged_on__year=year)
    if residents is not None:
        rows = rows.filter(resident__in=residents)
    people = sorted(set(rows.order_by().values_list("resident", flat=True)))
    changed = done = 0
    for some in _parts(people, _PEOPLE):
        with transaction.atomic():
            beneficiaries.hold(some)
            changed += pricing_kept.price([(one, year) for one in some], at)
        done += len(some)
        told(done, len(people))
    with transaction.atomic():
        journal.write("claims.repriced", actor=actor, at=at, subject=f"claims:{year}", facts={"year": year, "people": len(people), "changed": changed})
    return changed


@transaction.atomic
def reprice_people(*, actor: Actor, residents: Iterable[int], at: datetime) -> int:
    """Price every year of these people anew, because a referral or a merge changed what belongs together; how many claims came out otherwise."""
    people = {member for members in registry.groups(residents).values() for member in members}
    beneficiaries.hold(people)
    years = set(Claim.objects.filter(resident__in=people, state=State.FILED.value).order_by().values_list("resident", "discharged_on__year"))
    changed = pricing_kept.price(years, at)
    for resident in sorted({one for one, _ in years} if changed else ()):
        journal.write("claims.repriced", actor=actor, at=at, subject=f"claims:resident-{resident}", resident=resident, facts={"changed": changed})
    return changed


def regroup(*, actor: Actor, from_on: date, until_on: date, at: datetime, told: Progress = _silent) -> int:
    """Group the stays discharged from the first day up to before the second anew; how many are in a group."""
    actor.require(access.RECKON)
    stays = Claim.objects.filter(access.reckoned_by(actor), state=State.FILED.value, kind=Kind.INPATIENT.value, discharged_on__gte=from_on, discharged_on__lt=until_on)
    ids, found, done = list(stays.order_by("id").values_list("id", flat=True)), 0, 0
    for some in _parts(ids, _STAYS):
        with transaction.atomic():
            beneficiaries.hold(Claim.objects.filter(pk__in=some).values_list("resident", flat=True))
            list(Claim.objects.select_for_update(of=("self",)).filter(pk__in=some).order_by("id").values_list("id"))
            found += grouping_kept.group(some, at)
        done += len(some)
        told(done, len(ids))
    with transaction.atomic():
        journal.write("claims.regrouped", actor=actor, at=at, subject=f"claims:{from_on}", facts={"from": from_on.isoformat(), "until": until_on.isoformat(), "grouped": found})
    return found


def _parts(ids: list[int], size: int) -> list[list[int]]:
    return [ids[start : start + size] for start in range(0, len(ids), size)]
