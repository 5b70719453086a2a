"""A contract proposed: new, following one that runs out, or instead of one that holds. The place in the team is taken from now on."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from yilianti.care.contract import book, rules
from yilianti.care.contract.actions import moving, teams
from yilianti.care.contract.models import Contract, Tagging, Team
from yilianti.care.contract.terms import Kind, Package, State, Told
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.numbers import next_number
from yilianti.registry.institutions import api as institutions
from yilianti.registry.residents import api as residents


@transaction.atomic
def propose(*, actor: Actor, resident: int, told: Told, client_key: UUID, at: datetime) -> Contract:
    """A first contract with a team of one's own place or above it; sent twice with one key it is one."""
    if (sent := Contract.objects.filter(client_key=client_key).first()) is not None:
        return sent
    place = _place(actor)
    actor.require("contract.propose", place)
    residents.require_view(actor, resident)
    return _proposed(actor=actor, resident=resident, place=place, told=told, kind=Kind.FIRST, former=None, client_key=client_key, at=at)


@transaction.atomic
def renew(*, actor: Actor, number: str, told: Told, client_key: UUID, at: datetime) -> Contract:
    """The next cycle, from the day on which this one runs out; the earlier one holds until then. It too waits for the resident's word."""
    if (sent := Contract.objects.filter(client_key=client_key).first()) is not None:
        return sent
    former, day = _former(actor, number, "renew"), timezone.localdate(at)
    soon = int(book.edition("handling", day, actor.scope).ending_soon_days)
    if former.until_on - timedelta(days=soon) > day:
        raise Refused("too_early", f"这份签约到 {former.until_on - timedelta(days=1)} 才期满，期满前 {soon} 天起可以续签；要换团队或服务包，请办改签。", "too early to renew")
    told = replace(told, begins_on=max(former.until_on, day))
    return _proposed(actor=actor, resident=former.resident_id, place=former.institution_id, told=told, kind=Kind.RENEWAL, former=former, client_key=client_key, at=at)


@transaction.atomic
def change(*, actor: Actor, number: str, told: Told, client_key: UUID, at: datetime) -> Contract:
    """Another team or other packages instead, from the day the resident confirms."""
    if (sent := Contract.objects.filter(client_key=client_key).first()) is not None:
        return sent
    former = _former(actor, number, "change")
    return _proposed(actor=actor, resident=former.resident_id, place=former.institution_id, told=replace(told, begins_on=None), kind=Kind.CHANGE, former=former, client_key=client_key, at=at)


def _place(actor: Actor) -> int:
    if actor.institution is None:
        raise Refused("no_place", "没有当前机构，不能签约；请先选择岗位。", "no institution")
    return actor.institution


def _former(actor: Actor, number: str, action: str) -> Contract:
    former = moving.locked(actor, number)
    actor.require(f"contract.{action}", former.institution_id)
    if not moving.CONTRACT.can(action, former.state):
        raise moving.CONTRACT.refusal(action, former.state)
    return former


def _proposed(*, actor: Actor, resident: int, place: int, told: Told, kind: Kind, former: Contract | None, client_key: UUID, at: datetime) -> Contract:
    day = timezone.localdate(at)
    person = residents.standing_for(resident)
    ids = moving.hold(person.id)  # always the person before the team: nobody waits in a circle
    _alone(ids, former)
    team = _team(told.team, place)
    if person.died_at is not None:
        raise Refused("has_died", "居民档案记有死亡日期，不能签约；如记错，请先在居民档案更正。", "has died")
    _fits(team, frozenset(ids), day, actor)
    chosen, tags = _packages(told, person, ids, day, actor)
    begins_on = _begins(told, day)
    made = Contract(
        number=next_number("QY", at), client_key=client_key, resident_id=person.id, team=team, institution_id=place, kind=kind.value, former=former, tags=sorted(tags),
        packages=[asdict(one) for one in chosen], months=_months(told.months, day, actor), begins_on=begins_on, until_on=rules.months_after(begins_on, told.months),
        policy_refs=book.refs(day, actor.scope), proposed_by_id=actor.person, proposed_at=at,
        lapses_on=day + timedelta(days=int(book.edition("handling", day, actor.scope).proposal_days)),
    )  # fmt: skip
    made.save()
    moving.keep(made, "contract.proposed", actor, at)
    moving.record("contract.proposed", actor=actor, contract=made, at=at, facts={"former": former.number if former else ""})
    return made


def _team(team_id: int, place: int) -> Team:
    """The team held until the end: whoever signs the last place is one. It belongs to the place or to one above it."""
    team = Team.objects.select_for_update().filter(id=team_id, closed_on__isnull=True).first()
    if team is None or team.institution_id not in institutions.chain(place):
        raise Refused("unknown_team", "请选择本机构或上级机构的家庭医生团队；没有可选的，请先建立团队。", "no such team here", field="team")
    return team


def _alone(ids: list[int], former: Contract | None) -> None:
    """One in force and one to be confirmed per person, however many numbers the person has."""
    held = Contract.objects.filter(resident__in=ids, state__in=("proposed", "signed")).exclude(pk=former.pk if former else 0).order_by("id").first()
    if held is None:
        return
    if held.state == State.PROPOSED:
        raise Refused("changed_meanwhile", f"这位居民已有一份待确认的签约 {held.number}；请先确认它，或登记居民不同意。", "already proposed")
    raise Refused("changed_meanwhile", f"这位居民已签约（{held.number}，{held.team.name}，至 {held.until_on - timedelta(days=1)}），同一时期只能签一个团队；要换团队或服务包，请在那份签约上办改签。", "already signed")


def _fits(team: Team, ids: frozenset[int], day: date, actor: Actor) -> None:
    used, most = teams.panel_used(team, day, but=ids), book.limit_of(team.agreed_limit, day, actor.scope)
    if used >= most:
        raise Refused("panel_full", f"{team.name}已签 {used} 人，上限 {most} 人，没有名额了；请选其他团队，或等有人解约、期满。", "panel is full", field="team")


def _packages(told: Told, person: residents.Resident, ids: list[int], day: date, actor: Actor) -> tuple[list[Package], dict[str, str]]:
    known = book.packages(day, actor.scope)
    if not told.packages or any(code not in known for code in told.packages):
        raise Refused("packages_missing", "请至少选一个服务包。", "choose a package", field="packages")
    tags = rules.tags_of(book.tags(day, actor.scope), born_on=person.born_on, sex=person.sex, day=day, noted=noted(ids, day))
    chosen = []
    for code in dict.fromkeys(told.packages):
        package = known[code]
        if not any(tag in tags for tag in package.tags):
            names = {tag.code: tag.name for tag in book.tags(day, actor.scope)}
            raise Refused("package_unfit", f"“{package.name}”适合{'、'.join(names.get(tag, tag) for tag in package.tags)}，这位居民不在其中；请去掉，或先登记人群和依据。", "package does not fit", field="packages")
        items = tuple(item for item in package.items if not item.tags or any(tag in tags for tag in item.tags))
        chosen.append(replace(package, items=items))
    return chosen, tags


def noted(ids: list[int], day: date) -> list[str]:
    """Groups somebody was noted to belong to on a day, under any of their numbers."""
    return list(Tagging.objects.on(day).filter(resident__in=ids).values_list("tag", flat=True))


def _months(months: int, day: date, actor: Actor) -> int:
    least, most = int(book.edition("cycle", day, actor.scope).least_months), int(book.edition("handling", day, actor.scope).most_months)
    if not least <= months <= most:
        raise Refused("months_beyond", f"签约周期应在 {least} 至 {most} 个月之间，现为 {months} 个月；请改正。", "cycle out of range", field="months")
    return months


def _begins(told: Told, day: date) -> date:
    begins_on = told.begins_on or day
    if begins_on < day:
        raise Refused("begins_past", f"开始日期 {begins_on} 已经过去；签约从居民确认之日或以后开始。", "begins in the past", field="begins_on")
    return begins_on


