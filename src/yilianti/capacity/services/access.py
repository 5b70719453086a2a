"""The directory is open to whoever sends or receives patients; each keeps their own lines."""

from __future__ import annotations

from django.db.models import Q

from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused

VIEW, KEEP, MEASURE, EXCHANGE = "services.view", "services.keep", "services.measure", "services.exchange"


def visible_to(actor: Actor) -> Q:
    """Condition on TableBrought."""
    return Q() if actor.is_system else Q(institution__in=actor.reaches(EXCHANGE))


def may_exchange(actor: Actor, permission: str, institution: int | None) -> bool:
    """Whether a table under this permission is the actor's to bring or take out there."""
    return institution is not None and actor.may(EXCHANGE, institution) and actor.may(permission)


def require_exchange(actor: Actor, permission: str, institution: int | None) -> None:
    """Refuse unless `may_exchange`."""
    if not may_exchange(actor, permission, institution):
        raise Refused("not_your_table", "这种表不由您当前的岗位导入导出；请切换岗位，或交给有相应权限的同事。", "not a table of this post")
