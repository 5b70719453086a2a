"""Who sees a referral, and who may take a step."""

from __future__ import annotations

from django.db.models import Q

from yilianti.care.referral import rules
from yilianti.care.referral.lifecycle import REFERRAL
from yilianti.care.referral.models import Referral
from yilianti.care.referral.terms import SIDE_OF, Case, Owner, Side
from yilianti.kernel.actor import Actor
from yilianti.kernel.lifecycle import Row


def visible_to(actor: Actor) -> Q:
    """Both ends see it, the receiver not before it is sent there."""
    if actor.is_system:
        return Q()
    reach = actor.reaches("referral.view")
    return Q(from_institution__in=reach) | (Q(to_institution__in=reach) & ~Q(state__in=("draft", "pending")))


def sees(actor: Actor, referral: Referral) -> bool:
    """The same for one referral in hand."""
    reach = actor.reaches("referral.view")
    received = referral.to_institution_id in reach and referral.state not in ("draft", "pending")
    return actor.is_system or referral.from_institution_id in reach or received


def place_of(referral: Referral, row: Row) -> int | None:
    """The institution whose people take this step; None for the platform's own."""
    side = SIDE_OF.get(Owner(row.by))
    if side is None:
        return None
    return referral.from_institution_id if side is Side.SENDER else referral.to_institution_id


def may(actor: Actor, action: str, referral: Referral) -> bool:
    """Permitted for this referral (whether possible now is the lifecycle's question)."""
    place = place_of(referral, REFERRAL[action])
    return actor.is_system or (place is not None and actor.may(f"referral.{action}", place))


def open_steps(actor: Actor, referral: Referral) -> list[Row]:
    """The buttons: steps both possible now and permitted."""
    return [row for row in REFERRAL.open_to(referral.state) if may(actor, row.action, referral) and fits(row.action, referral)]


def fits(action: str, referral: Referral) -> bool:
    """Whether the step belongs to a referral of that kind."""
    return rules.fits(action, case_of(referral))


def case_of(referral: Referral) -> Case:
    return Case(referral.state, referral.urgency, referral.service, referral.channel, referral.goes_home, referral.is_outside)
