"""The clock of a green channel against its aims."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone

from yilianti import policybook
from yilianti.care.referral import queries
from yilianti.care.referral.models import MilestoneNoted, Referral
from yilianti.care.referral.terms import Milestone
from yilianti.kernel.actor import Actor

POLICY = "clinical.referral.green_channel"


def noted(referral: Referral) -> dict[str, MilestoneNoted]:
    """The latest note of each moment; the onset written on the form stands until somebody notes it."""
    found = {m.milestone: m for m in queries.milestones(referral)}
    if referral.onset_at and Milestone.ONSET.value not in found:
        found[Milestone.ONSET.value] = MilestoneNoted(id=0, milestone=Milestone.ONSET.value, took_place_at=referral.onset_at, noted_by=referral.drafted_by)
    return found


def aims(actor: Actor, referral: Referral, noted: Mapping[str, MilestoneNoted]) -> list[dict[str, Any]]:
    """Each interval of this channel: how long it took, whether that met the aim, and which policy says so; `met` is None until both ends are noted."""
    policy = policybook.in_force(POLICY, timezone.localdate(referral.drafted_at), actor.scope)
    found = []
    for aim in policy.intervals:
        if aim["channel"] != referral.channel:
            continue
        since, until = noted.get(aim["since"]), noted.get(aim["until"])
        took = until.took_place_at - since.took_place_at if since and until else None
        met = None if took is None or took < timedelta(0) else took <= timedelta(minutes=aim["within"])
        found.append({"since": Milestone.label(aim["since"]), "until": Milestone.label(aim["until"]), "within": aim["within"], "met": met,
                      "took": int(took.total_seconds() // 60) if took is not None else None, "policy_ref": policy.policy_ref, "policy": policy.code})  # fmt: skip
    return found
