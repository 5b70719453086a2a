"""Who sees a settlement and its statements, and who may take which step."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.registry.institutions import api as institutions
from yilianti.settlement.distribution.models import Settlement, Statement

VIEW = "distribution.view"
#: Steps that ask for the permission of another.
ASKS = {"send_back": "post", "prepare": "reckon", "withdraw": "reckon"}


def consortia(actor: Actor, day: date, permission: str = VIEW) -> list[int]:
    """Consortia of which a member lies in the actor's reach."""
    return [one.id for one in institutions.consortia_of(actor.reaches(permission), day)]


def settlements_of(actor: Actor, day: date) -> Q:
    return Q() if actor.is_system else Q(consortium__in=consortia(actor, day))


def scenarios_of(actor: Actor, day: date) -> Q:
    """Scenarios show every member's figures: they are for whoever may simulate."""
    return Q() if actor.is_system else Q(consortium__in=consortia(actor, day, "distribution.simulate"))


def statements_of(actor: Actor) -> Q:
    """Statements of the institutions that the actor's post reaches; for whoever acts for the consortium also those of members that have left it since."""
    own = Q(institution__in=actor.reaches(VIEW))
    if actor.is_system:
        return Q()
    return own | Q(settlement__consortium__code=actor.consortium) if _acts_for_all(actor) else own


def _acts_for_all(actor: Actor) -> bool:
    """Finance, head and bureau of a consortium."""
    return bool(actor.consortium) and any(actor.reaches(f"distribution.{verb}") for verb in ("answer", "approve", "post"))


def require(actor: Actor, verb: str, consortium: int, day: date) -> None:
    """Refuse unless the actor may take that step for that consortium."""
    if not may(actor, verb, consortium, day):
        raise Refused("not_permitted", "您当前的岗位不能办理这一步；请由财务、医共体管理者或医保局的同事按各自的权限办理。", "Your post may not take this step.")


def may(actor: Actor, verb: str, consortium: int, day: date) -> bool:
    return actor.is_system or consortium in consortia(actor, day, f"distribution.{verb}")


def may_settle(actor: Actor, verb: str, settlement: Settlement, day: date) -> bool:
    """Steps of a settlement; sending back is whoever posts."""
    return may(actor, ASKS.get(verb, verb), settlement.consortium_id, day)


def permitted(actor: Actor, verbs: Iterable[str], consortium: int, day: date) -> frozenset[str]:
    """Those of these verbs that the actor may take for that consortium; one statement for each different reach."""
    reached = {verb: frozenset(actor.reaches(f"distribution.{verb}")) for verb in verbs}
    within = {reach: any(one.id == consortium for one in institutions.consortia_of(reach, day)) for reach in set(reached.values()) if reach}
    return frozenset(verb for verb, reach in reached.items() if actor.is_system or within.get(reach))


def may_say(actor: Actor, verb: str, statement: Statement) -> bool:
    """Confirm and dispute are the institution's own, answers are finance's."""
    if verb in ("confirm", "dispute"):
        return actor.may(f"distribution.{verb}", statement.institution_id)
    if verb not in ("answer", "accept"):
        return False
    return actor.may("distribution.answer", statement.institution_id) or (bool(actor.reaches("distribution.answer")) and actor.consortium == statement.settlement.consortium.code)


def sees_whole(actor: Actor, settlement: Settlement) -> bool:
    """Whether every member's statement is within reach: who sees one only does not see what the others are reckoned from."""
    if actor.is_system or (_acts_for_all(actor) and actor.consortium == settlement.consortium.code):
        return True
    return not settlement.statements.exclude(institution__in=actor.reaches(VIEW)).exists()
