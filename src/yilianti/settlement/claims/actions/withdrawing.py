"""A settlement taken back: what was filed stays to be read, and counts for nothing."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.settlement.claims import access, beneficiaries, keeping, pricing_kept
from yilianti.settlement.claims.lifecycle import CLAIM
from yilianti.settlement.claims.models import Claim, ClaimVersion
from yilianti.settlement.claims.terms import Change


@transaction.atomic
def withdraw(*, actor: Actor, number: str, because: str, at: datetime) -> Claim:
    """Take a claim back with a reason; the person's year is priced anew without it."""
    found = Claim.objects.filter(access.visible_to(actor), number=number).select_related("institution").first()
    if found is None:
        raise Refused("unknown_claim", "没有这笔费用，或您无权查看；请核对编号。", field="number")
    access.require_withdraw(actor, found.institution)
    if not because.strip():
        raise Refused("reason_missing", "请写明作废的原因，如“患者退费后重新结算”。", field="because")
    beneficiaries.hold([found.resident_id])
    claim = Claim.objects.select_for_update(of=("self",)).get(pk=found.pk)
    row = CLAIM.step(claim, "withdraw")
    claim.version, claim.changed_at = claim.version + 1, at
    claim.save(update_fields=["state", "version", "changed_at"])
    ClaimVersion.objects.create(claim=claim, version=claim.version, change=Change.WITHDRAWN.value, at=at, person=actor.person, person_name=actor.name, because=because.strip()[:200],
                                total=0, content=keeping.content_of(claim))  # fmt: skip
    pricing_kept.price([(claim.resident_id, claim.discharged_on.year)], at)
    journal.write(row.word, actor=actor, at=at, subject=f"claims:{claim.number}", resident=claim.resident_id, to_institution=claim.institution_id,
                  facts={"number": claim.number, "version": claim.version, "kind": claim.kind, "discharged_on": claim.discharged_on.isoformat(), "total": claim.total, "because": because.strip()[:200]})  # fmt: skip
    return claim
