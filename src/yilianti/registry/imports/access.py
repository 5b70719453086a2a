"""Who sees an import: whoever may import where it was brought; its rows, only who may bring that kind of table."""

from __future__ import annotations

from django.db.models import Q

from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.imports import kinds

USE = "imports.use"


def visible_to(actor: Actor) -> Q:
    """Condition on Import."""
    return Q() if actor.is_system else Q(institution__in=actor.reaches(USE))


def may_bring(actor: Actor, kind: str, institution: int | None) -> bool:
    """Whether this kind of table is the actor's to bring there."""
    return kind in kinds.every() and institution is not None and actor.may(kinds.of(kind).permission, institution)


def require(actor: Actor, kind: str, institution: int | None) -> None:
    """Refuse unless `may_bring`."""
    if not may_bring(actor, kind, institution):
        raise Refused("not_your_table", "这种表不由您当前的岗位导入导出；请切换岗位，或交给有相应权限的同事。", "not a table of this post")
