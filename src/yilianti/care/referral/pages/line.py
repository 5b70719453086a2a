"""Where a referral stands in the receiver's line, or where it could stand: for its page."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from yilianti.capacity.schedules import api as schedules
from yilianti.care.referral import rules
from yilianti.care.referral.actions import queueing
from yilianti.care.referral.models import Referral
from yilianti.kernel.actor import Actor
from yilianti.registry.institutions import api as institutions

_AHEAD = timedelta(days=28)


def shown(actor: Actor, referral: Referral, now: datetime) -> dict[str, Any]:
    """The place in the line with what can be done about it; lines that could be joined where nothing is free."""
    if referral.state not in queueing.WAITS or referral.is_outside:
        return {"stands": None, "lines_open": []}
    may = queueing.may(actor, referral)
    stands = schedules.standing(f"referral:{referral.number}", now)
    joins = may and stands is None and not referral.reservation and not rules.cannot_wait(referral.urgency, referral.channel)
    return {"stands": stands, "may_queue": may, "lines_open": _open(referral, now) if joins else []}


def _open(referral: Referral, now: datetime) -> list[dict[str, Any]]:
    """Lines of the receiver in which one waits because nothing is free there."""
    department = referral.to_department_id
    primary = referral.from_level in ("village", "township")
    full = bool(department) and not schedules.free_slots(department=department or 0, now=now, until=now + _AHEAD, primary=primary, limit=1)
    scope = institutions.scope_of(referral.to_institution_id, now)
    pools = [bed for bed in schedules.beds([referral.to_institution_id], now, scope) if not bed.free and bed.department in (None, department)]
    lengths = schedules.lengths([department] if full and department else [], [bed.pool for bed in pools])
    found = [{"value": "slot", "label": f"{referral.to_department.name} 门诊号", "ahead": lengths.get((department, None), 0)}] if full and referral.to_department else []
    return found + [{"value": f"pool:{bed.pool}", "label": f"{bed.department_name} {schedules.BedKind.label(bed.kind)}".strip(), "ahead": lengths.get((None, bed.pool), 0)} for bed in pools]
