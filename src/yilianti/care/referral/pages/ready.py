"""Who is in our beds and could be at home: how long they have lain here, what the criteria say, what their home can offer."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from yilianti.capacity.schedules import api as schedules
from yilianti.capacity.schedules.api import Beds
from yilianti.capacity.services import api as services
from yilianti.care.referral import queries
from yilianti.care.referral.actions import situating
from yilianti.care.referral.models import Referral
from yilianti.care.referral.rules import criteria
from yilianti.care.referral.rules.situation import Situation
from yilianti.kernel.actor import Actor
from yilianti.kernel.pages import Request, looked_at, page

REHABILITATION = "REHAB"


@page("referral.offer_home")
def ready(request: Request) -> HttpResponse:
    """Patients who came by referral and are still here, the longest stay first; seven statements whatever their number."""
    actor, now = request.actor, timezone.now()
    rows = queries.in_care(actor)
    for row in rows:
        looked_at(request, row.resident_id, "核对可回乡的患者")
    return render(request, "referral/ready.html", {"lines": lines(actor, rows, now)})


def lines(actor: Actor, rows: list[Referral], now: datetime) -> list[dict[str, Any]]:
    """What the page shows of each patient."""
    day, homes = timezone.localdate(now), sorted({row.from_institution_id for row in rows})
    known = situating.diseases(day, actor.scope)
    able = services.able(homes, REHABILITATION, day)
    beds: dict[int, list[Beds]] = defaultdict(list)
    for bed in schedules.beds(homes, now, actor.scope):
        beds[bed.institution].append(bed)
    return [
        {
            "referral": row, "days": (day - timezone.localdate(row.arrived_at)).days + 1 if row.arrived_at else None,
            "conditions": [criterion.zh for criterion in _conditions(row, known)], "can_rehabilitate": row.from_institution_id in able,
            "beds": sum(bed.free for bed in beds[row.from_institution_id]), "stale": any(bed.is_stale for bed in beds[row.from_institution_id]),
            "counted": bool(beds[row.from_institution_id]),
        }
        for row in rows
    ]  # fmt: skip


def _conditions(row: Referral, known: list[criteria.Disease]) -> list[criteria.Criterion]:
    """What the disease's own list asks for on this way home; the general one where it has none."""
    asked = criteria.asked(Situation((row.diagnosis_code,), row.to_level, row.from_level), known)
    return [criterion for criterion in asked if not criterion.code.startswith(f"{criteria.GENERIC}.")] or asked
