"""How certificates are told: on the page of a referral, and in the list of those issued."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from yilianti.care.referral import ledger, rules
from yilianti.care.referral.actions.certificates import standing_of
from yilianti.care.referral.models import Certificate, Referral
from yilianti.care.referral.terms import Standing
from yilianti.kernel.actor import Actor
from yilianti.registry.residents import api as residents

TONES = {Standing.VALID: "ok", Standing.EXPIRED: "idle", Standing.REVOKED: "bad", Standing.VOID: "bad"}


def shown(actor: Actor, referral: Referral) -> dict[str, Any]:
    """The certificates of one referral, and whether the actor may issue one now."""
    if not rules.leaves_county(referral.to_level, referral.is_outside):
        return {"certificates": [], "may_issue_certificate": False}
    rows = [row(one, actor) for one in ledger.certificates_of(referral)]
    free = not any(row["standing"] is Standing.VALID for row in rows)
    agreed = rules.is_agreed(referral.state, referral.is_outside)
    return {"certificates": rows, "may_issue_certificate": free and agreed and actor.may("referral.issue_certificate", referral.from_institution_id)}


def row(one: Certificate, actor: Actor) -> dict[str, Any]:
    standing = standing_of(one, timezone.localdate())
    return {"certificate": one, "standing": standing, "tone": TONES[standing], "name": residents.mask_name(one.referral.resident.name),
            "may_revoke": one.revoked_at is None and actor.may("referral.revoke_certificate", one.institution_id)}  # fmt: skip
