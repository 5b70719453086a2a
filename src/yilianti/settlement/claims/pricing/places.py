"""Which policies hold for a claim: by its place and its day of discharge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from yilianti import policybook
from yilianti.policybook.places import Place
from yilianti.settlement.claims.pricing.benefits import READERS, Benefit, benefit_of
from yilianti.settlement.claims.pricing.terms import OnReferral

FOLDER = "settlement.benefit"
#: Where a place has checked how the deductible is reckoned through a referral, and its ladder does not say.
CONTINUOUS = "clinical.referral.continuous_deductible"


@dataclass(frozen=True)
class Holding:
    """The benefit of a place on a day, and the editions that make it up."""

    benefit: Benefit
    editions: Mapping[str, policybook.Edition]

    @property
    def refs(self) -> tuple[str, ...]:
        return tuple(edition.policy_ref for edition in self.editions.values())


def holding(day: date, place: Place) -> Holding:
    """What holds there on that day; raises NoPolicyInForce where nothing does."""
    found = {}
    for name in READERS:
        try:
            found[name] = policybook.in_force(f"{FOLDER}.{name}", day, place)
        except policybook.NoPolicyInForce:
            continue
    if not found:
        raise policybook.NoPolicyInForce(f"{FOLDER}.inpatient", day, place.consortium, place.region)
    try:
        through = policybook.in_force(CONTINUOUS, day, place)
    except policybook.NoPolicyInForce:
        through = None
    return _made(tuple(found.items()), through if through is not None and through.is_on else None)


@lru_cache(maxsize=256)
def _made(editions: tuple[tuple[str, policybook.Edition], ...], through: policybook.Edition | None) -> Holding:
    return combined(dict(editions), through)


def combined(editions: Mapping[str, policybook.Edition], through: policybook.Edition | None) -> Holding:
    """These editions by name, and where the ladder does not say it, the one that says how the deductible goes on through a referral."""
    benefit, held = benefit_of(editions), dict(editions)
    if through is not None and benefit.inpatient is not None and benefit.inpatient.on_referral is OnReferral.UNSTATED:
        ladder = replace(benefit.inpatient, on_referral=OnReferral.CONTINUOUS, referral_ref=through.policy_ref)
        benefit, held = replace(benefit, inpatient=ladder), {**held, "continuous_deductible": through}
    return Holding(benefit, held)
