"""Who may open in an emergency, review it, and handle what residents ask."""

from __future__ import annotations

from django.db.models import Q

from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.residents import api as residents

OPEN = "privacy.break_glass"
REVIEW = "privacy.review"
REQUEST = "privacy.request"
HANDLE = "privacy.handle"
SEE_SENSITIVE = "record.view_sensitive"
UNSEAL = "privacy.unseal"


def may_open(actor: Actor, resident_id: int) -> bool:
    """The permission where the person works, and a resident known somewhere in their consortium."""
    here = actor.person is not None and actor.institution is not None and actor.may(OPEN, actor.institution)
    return here and bool(residents.openable(actor, [resident_id], "institutions.view"))


def require_open(actor: Actor, resident_id: int) -> None:
    """Refuse whoever could never have a reason: an emergency widens what a care post sees, it gives no post."""
    if not may_open(actor, resident_id):
        raise Refused("not_permitted", "您当前的岗位不能紧急调阅；紧急调阅只开放给临床岗位，且仅限本医联体的居民。", "not a care post, or not of this consortium")


def reviewable(actor: Actor) -> Q:
    """Condition on EmergencyAccess: opened where the reviewer's reach goes; nobody reviews themselves."""
    return Q(institution__in=actor.reaches(REVIEW)) & ~Q(person=actor.person or 0)


def requests_in_view(actor: Actor) -> Q:
    """Condition on SubjectRequest: received where the actor receives or handles them."""
    return Q(institution__in=actor.reaches(REQUEST) | actor.reaches(HANDLE))
