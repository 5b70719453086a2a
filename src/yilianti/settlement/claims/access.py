"""Who sees claims, and who may file and take them back."""

from __future__ import annotations

from django.db.models import Q

from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.institutions.api import Institution

VIEW, FILE, WITHDRAW, RECKON = "claims.view", "claims.file", "claims.withdraw", "claims.reckon"
#: Held by everybody who brings bills of any hospital; which hospital's, `may_file` and `may_withdraw` say.
BRING = "claims.import"
#: Bills of hospitals that do not work on the platform are the bureau's to bring and to see.
OUTSIDE = "claims.outside"


def visible_to(actor: Actor) -> Q:
    """Claims of the institutions that the actor's post reaches, and of outside hospitals for whoever handles those."""
    if actor.is_system:
        return Q()
    reached = Q(institution__in=actor.reaches(VIEW))
    return reached | Q(institution__connected=False) if actor.may(OUTSIDE) else reached


def may_file(actor: Actor, place: Institution) -> bool:
    """Bring settlements and charges of that hospital."""
    return actor.may(FILE, place.id) or (not place.connected and actor.may(OUTSIDE))


def may_withdraw(actor: Actor, place: Institution) -> bool:
    return actor.may(WITHDRAW, place.id) or (not place.connected and actor.may(OUTSIDE))


def require_file(actor: Actor, place: Institution) -> None:
    """Refuse unless the actor may bring bills of that hospital."""
    if not may_file(actor, place):
        raise Refused("not_permitted", f"您当前的岗位不能登记或更正{place.short_name}的费用；请由该机构的医保办办理。", "Your post may not file for this hospital.")


def require_withdraw(actor: Actor, place: Institution) -> None:
    """Refuse unless the actor may take back bills of that hospital."""
    if not may_withdraw(actor, place):
        raise Refused("not_permitted", f"您当前的岗位不能作废{place.short_name}的费用；请由该机构的医保办办理。", "Your post may not withdraw this hospital's claims.")


def reckoned_by(actor: Actor) -> Q:
    """Claims that the actor may have reckoned anew."""
    if actor.is_system:
        return Q()
    reached = Q(institution__in=actor.reaches(RECKON))
    return reached | Q(institution__connected=False) if actor.may(OUTSIDE) else reached
