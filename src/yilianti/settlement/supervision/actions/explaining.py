"""The institution's insurance office answers, with a file where it has one."""

from __future__ import annotations

from datetime import datetime

from yilianti.kernel import attaching
from yilianti.kernel.actor import Actor
from yilianti.settlement.supervision.actions import moving
from yilianti.settlement.supervision.models import Suspicion


def explain(*, actor: Actor, number: str, text: str, at: datetime, file_name: str = "", content: bytes | None = None) -> Suspicion:
    """Say why it is right, or that it is not; the bureau then has its time to decide. A second explanation stands beside the first."""
    given = attaching.checked(file_name, content) if content is not None else None
    with moving.step(actor=actor, number=number, action="explain", text=text, at=at) as step:
        limits = moving.limits(actor, at)
        step.file = given
        step.suspicion.explained_at = at
        step.suspicion.due_on = moving.in_days(at, limits.decide_days)
        step.suspicion.reminded_on = None
        step.facts["has_file"] = given is not None
    return step.suspicion
