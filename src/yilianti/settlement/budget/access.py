"""Who sees a package, and who may take a step: whoever reaches any member of its consortium with the permission."""

from __future__ import annotations

from django.db.models import Q

from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.lifecycle import Row
from yilianti.registry.institutions import api as institutions
from yilianti.settlement.budget.lifecycle import PACKAGE
from yilianti.settlement.budget.models import Package
from yilianti.settlement.budget.terms import Owner

VIEW, DRAFT, RECKON = "budget.view", "budget.draft", "budget.reckon"
#: The permission of each step; drafting is also amending, fixing also revising.
PERMISSION = {
    "draft": DRAFT, "amend": DRAFT, "fix": "budget.fix", "revise": "budget.fix", "pay": "budget.pay", "correct_payment": "budget.pay",
    "set_aside": "budget.set_aside", "withdraw_set_aside": "budget.set_aside", "reckon_month": RECKON,
}  # fmt: skip


def visible_to(actor: Actor) -> Q:
    """Packages of the consortia of which an institution in the actor's reach is or was a member."""
    return Q() if actor.is_system else Q(consortium__in=institutions.consortia_with(actor.reaches(VIEW)))


def may(actor: Actor, action: str, consortium: int) -> bool:
    """Permitted in that consortium; the platform's own steps are nobody's."""
    if actor.is_system:
        return True
    permission = PERMISSION.get(action, "")
    return bool(permission) and consortium in institutions.consortia_with(actor.reaches(permission))


def require(actor: Actor, action: str, consortium: int) -> None:
    """Refuse unless permitted there."""
    if not may(actor, action, consortium):
        raise Refused("not_permitted", "您当前的岗位不能办理这一步：起草由医共体财务，核定、拨付由医保局办理。", "Your post may not take this step.")


def open_steps(actor: Actor, package: Package) -> list[Row]:
    """Steps both possible now and permitted; none while an approved settlement rests on the package."""
    if package.settlement:
        return []
    return [row for row in PACKAGE.open_to(package.state) if row.by != Owner.SYSTEM and may(actor, row.action, package.consortium_id)]
