"""What a young county still lacks: from the first institution to the first referral."""

from __future__ import annotations

from dataclasses import dataclass

from yilianti.care.referral import api as referral
from yilianti.kernel.actor import Actor
from yilianti.registry.access import api as access
from yilianti.registry.institutions import api as institutions
from yilianti.registry.people import api as people
from yilianti.registry.residents import api as residents

#: Founding seats three people; with them alone the staff have not been entered.
_FOUNDERS = 3


@dataclass(frozen=True)
class Step:
    """One thing to do: how many there are, whether that is a beginning, where it is done, and by whom."""

    title: str
    count: int
    is_done: bool
    url: str
    link: str
    whose: str
    is_mine: bool
    is_next: bool = False


def is_over() -> bool:
    """The first referral has been sent: the county works."""
    return referral.has_any()


def steps(actor: Actor) -> list[Step]:
    """The first day in order, the first thing missing marked."""
    places = institutions.Institution.objects.active().count()
    told = [
        _step(actor, "机构", places, places > 1, "institutions", "系统管理员", "institutions.manage"),
        _step(actor, "科室", count := institutions.Department.objects.filter(is_active=True).count(), count > 0, "departments", "系统管理员", "institutions.manage"),
        _step(actor, "人员", count := people.Person.objects.filter(is_active=True).count(), count > _FOUNDERS, "staff", "系统管理员", "people.manage"),
        _step(actor, "岗位", count := people.Post.objects.count(), count > _FOUNDERS, "posts", "系统管理员", "people.manage"),
        _step(actor, "权限与账号", count := access.accounts_open(), count > _FOUNDERS, "grants", "安全管理员", "access.grant"),
        _step(actor, "居民", count := residents.Resident.objects.count(), count > 0, "residents", "转诊办公室、乡镇医生", "residents.list"),
        _step(actor, "参保名单", count := residents.Coverage.objects.count(), count > 0, "insured", "转诊办公室、乡镇医生", "residents.cover"),
        Step("第一次转诊", 0, False, "/residents/?then=referral", "新建转诊", "乡镇医生、村医", actor.may("referral.submit")),
    ]
    first = next(step for step in told if not step.is_done)
    return [Step(**{**vars(step), "is_next": step is first}) for step in told]


def _step(actor: Actor, title: str, count: int, is_done: bool, kind: str, whose: str, permission: str) -> Step:
    return Step(title, count, is_done, f"/imports/kinds/{kind}/", "再导入" if is_done else "导入", whose, actor.may(permission) and actor.may("imports.use"))
