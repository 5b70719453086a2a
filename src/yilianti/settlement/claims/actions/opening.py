"""A visit has ended: its claim waits for the charges."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from yilianti.kernel import journal, numbers
from yilianti.kernel.actor import Actor
from yilianti.registry.institutions import api as institutions
from yilianti.registry.residents import api as residents
from yilianti.settlement.claims import beneficiaries, coverage, keeping, pricing_kept, rules
from yilianti.settlement.claims.lifecycle import CLAIM
from yilianti.settlement.claims.models import Claim, ClaimVersion
from yilianti.settlement.claims.pricing.terms import Way
from yilianti.settlement.claims.terms import Change, State


@transaction.atomic
def open_claim(*, actor: Actor, resident: int, institution: int, visit_number: str, encounter: str, kind: str, admitted_on: date, discharged_on: date, at: datetime) -> str:
    """The number of the claim of an ended visit, empty for a kind of visit that nobody bills; the one that is there already, where its settlement came first or the visit was told twice."""
    if kind not in rules.BILLED_AS:
        return ""
    place = institutions.many([institution])[institution]
    beneficiaries.hold([resident])
    same = residents.groups([resident])[resident]
    there = Claim.objects.select_for_update(of=("self",)).filter(institution=place.id, visit_number=visit_number, resident__in=same).exclude(state=State.WITHDRAWN.value).order_by("id").first()
    if there is not None:
        _told_again(there, encounter, admitted_on, discharged_on, at)
        return there.number
    covered = coverage.on(coverage.of([resident]).get(resident, ()), discharged_on)
    claim = Claim.objects.create(
        number=numbers.next_number("FY", at), institution_id=place.id, visit_number=visit_number, encounter=encounter, resident_id=resident, state=State.AWAITING.value, kind=kind,
        insurance=covered.kind if covered else "resident", region=covered.region if covered else institutions.scope_of(place.id, at).region, level=rules.USUAL_LEVEL[place.level].value,
        way=Way.DIRECT.value, admitted_on=admitted_on, discharged_on=discharged_on, changed_at=at,
    )  # fmt: skip
    ClaimVersion.objects.create(claim=claim, version=1, change=Change.OPENED.value, at=at, person=actor.person, person_name=actor.name, source=f"encounter:{encounter}", content=keeping.content_of(claim))
    journal.write("claims.opened", actor=actor, at=at, subject=f"claims:{claim.number}", resident=resident, to_institution=place.id, facts={"number": claim.number, "encounter": encounter, "kind": claim.kind})
    return claim.number


def _told_again(claim: Claim, encounter: str, admitted_on: date, discharged_on: date, at: datetime) -> None:
    """The visit of a claim that is there already: one that waits takes its days, a filed one is priced by whatever referral names the visit."""
    if claim.state == State.AWAITING:
        claim.encounter, claim.admitted_on, claim.discharged_on = encounter, admitted_on, discharged_on
        claim.save(update_fields=["encounter", "admitted_on", "discharged_on"])
    elif claim.encounter != encounter:
        claim.encounter = encounter
        claim.save(update_fields=["encounter"])
        pricing_kept.price([(claim.resident_id, claim.discharged_on.year)], at)


@transaction.atomic
def close_waiting(*, actor: Actor, encounter: str, because: str, at: datetime) -> str:
    """The visit has not ended after all, or never was: the claim that waits for its charges is withdrawn; one that has them is people's to decide. The number, or empty."""
    claim = Claim.objects.select_for_update(of=("self",)).filter(encounter=encounter, state=State.AWAITING.value).first()
    if claim is None:
        return ""
    row = CLAIM.step(claim, "withdraw")
    claim.version, claim.changed_at = claim.version + 1, at
    claim.save(update_fields=["state", "version", "changed_at"])
    ClaimVersion.objects.create(claim=claim, version=claim.version, change=Change.WITHDRAWN.value, at=at, person=actor.person, person_name=actor.name, because=because, content=keeping.content_of(claim))
    journal.write(row.word, actor=actor, at=at, subject=f"claims:{claim.number}", resident=claim.resident_id, to_institution=claim.institution_id,
                  facts={"number": claim.number, "discharged_on": claim.discharged_on.isoformat(), "encounter": encounter, "because": because})  # fmt: skip
    return claim.number
