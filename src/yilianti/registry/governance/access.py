"""Who sees a consortium's governance: whoever's reach covers one of its members; who keeps it: whose reach covers its lead."""

from __future__ import annotations

from datetime import date

from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.institutions import api as institutions
from yilianti.registry.institutions.api import Consortium

VIEW, MANAGE, VOTE = "governance.view", "governance.manage", "governance.vote"


def may_view(actor: Actor, consortium: Consortium, day: date) -> bool:
    """Members read what their consortium decides."""
    return actor.is_system or bool(institutions.member_ids(consortium, day) & actor.reaches(VIEW))


def may_manage(actor: Actor, consortium: Consortium, day: date) -> bool:
    """The lead's office keeps the papers."""
    if actor.is_system:
        return True
    lead = institutions.lead_of(consortium.code, day)
    return lead is not None and actor.may(MANAGE, lead.id)


def require_manage(actor: Actor, consortium: Consortium, day: date) -> None:
    """Refuse whoever does not keep this consortium's papers."""
    if not may_manage(actor, consortium, day):
        raise Refused("not_permitted", f"“{consortium.name}”的治理由牵头医院的管理办公室办理；请联系该办公室。", "not kept by your post")
