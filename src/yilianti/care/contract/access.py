"""Who sees contracts and teams, and who may take which step: the place where the resident is served, and those above it."""

from __future__ import annotations

from django.db.models import Q

from yilianti.care.contract.lifecycle import CONTRACT
from yilianti.care.contract.models import Contract, Team
from yilianti.care.contract.terms import Owner
from yilianti.kernel.actor import Actor
from yilianti.kernel.lifecycle import Row


def visible_to(actor: Actor) -> Q:
    """Contracts of the places that the actor's post reaches."""
    return Q() if actor.is_system else Q(institution__in=actor.reaches("contract.view"))


def teams_visible_to(actor: Actor) -> Q:
    """Teams of the places within reach, and those one serves in."""
    return Q() if actor.is_system else Q(institution__in=actor.reaches("contract.view")) | Q(members__person=actor.person, members__until_on__isnull=True)


def may(actor: Actor, verb: str, contract: Contract) -> bool:
    """Permitted for this contract."""
    return actor.may(f"contract.{verb}", contract.institution_id)


def may_keep(actor: Actor, team: Team) -> bool:
    """May change this team."""
    return actor.may("contract.keep_team", team.institution_id)


def open_steps(actor: Actor, contract: Contract) -> list[Row]:
    """Steps both possible now and permitted."""
    return [row for row in CONTRACT.open_to(contract.state) if row.by != Owner.SYSTEM and may(actor, row.action, contract)]
