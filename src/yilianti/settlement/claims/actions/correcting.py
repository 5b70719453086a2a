"""One settlement put right at the page: what is told anew with a reason; the rest stays as it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from django.db import transaction

from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.settlement.claims import access
from yilianti.settlement.claims.actions.filing import file
from yilianti.settlement.claims.lifecycle import CLAIM
from yilianti.settlement.claims.models import Claim
from yilianti.settlement.claims.terms import Told


@transaction.atomic
def correct(*, actor: Actor, number: str, version: int, changes: Mapping[str, Any], because: str, at: datetime) -> Claim:
    """File the claim's settlement anew with these changes (names of `Told`); refused where another has corrected it since `version`, or nothing changes."""
    claim = Claim.objects.filter(access.visible_to(actor), number=number).first()
    if claim is None:
        raise Refused("unknown_claim", "没有这笔费用，或您无权查看；请核对编号。", field="number")
    if not CLAIM.can("correct", claim.state):
        raise CLAIM.refusal("correct", claim.state)
    if not because.strip():
        raise Refused("reason_missing", "请写明更正的原因，如“漏记一项检查费”。", field="because")
    (answer,) = file(actor=actor, told=[Told(**(told_of(claim) | dict(changes)))], because=because.strip(), source="page", at=at)
    if isinstance(answer, Refused):
        raise answer
    if not answer.change:
        raise Refused("nothing_changed", "各项与现有内容相同，没有更正。", "nothing changed")
    claim.refresh_from_db()
    if claim.version != version + 1:
        raise Refused("changed_meanwhile", "这笔费用刚被别人更正；请刷新页面，核对后再改。", "corrected meanwhile")
    return claim


def told_of(claim: Claim) -> dict[str, Any]:
    """What was told of the claim last, by the names of `Told`."""
    own = {"institution": claim.institution_id, "resident": claim.resident_id, "settled": claim.insured, "way": claim.told_way, "follows": claim.told_follows}
    plain = {one.name: getattr(claim, one.name) for one in fields(Told) if one.name not in own}
    return own | {name: tuple(value) if isinstance(value, list) else value for name, value in plain.items()}
