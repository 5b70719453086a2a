"""Teams: founded, and changed in people, name and limit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from yilianti.care.contract import access, book
from yilianti.care.contract.models import Member, Team
from yilianti.care.contract.terms import MemberPost
from yilianti.kernel import journal
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.numbers import next_number
from yilianti.registry.people import api as people


@transaction.atomic
def found_team(*, actor: Actor, institution: int, name: str, members: Mapping[int, str], at: datetime, phone: str = "", limit: int | None = None) -> Team:
    """A team of an institution with one leader; `members` is person → post."""
    actor.require("contract.keep_team", institution)
    day, named = timezone.localdate(at), " ".join(name.split())[:60]
    _whole(named, members, limit, day, actor)
    if Team.objects.filter(institution=institution, name=named, closed_on__isnull=True).exists():
        raise Refused("team_there", f"这家机构已有名为“{named}”的团队；请换一个名称，或调整原来的团队。", "team name taken", field="name")
    team = Team.objects.create(number=next_number("TD", at), name=named, institution_id=institution, phone=phone.strip()[:32], agreed_limit=limit, founded_on=day)
    _seat(team, members, day)
    _record("contract.team_founded", actor, team, members, at)
    return team


@transaction.atomic
def change_team(*, actor: Actor, number: str, name: str, members: Mapping[int, str], at: datetime, phone: str = "", limit: int | None = None, closes: bool = False) -> Team:
    """Other members, another leader, name or limit; past members stay in the list with their last day. Closing asks that nobody is signed any more."""
    team = locked(number)
    if not access.may_keep(actor, team):
        raise Refused("not_permitted", "这个团队不在您的岗位范围内；请由所在机构的负责人调整。", "not permitted")
    day, named = timezone.localdate(at), " ".join(name.split())[:60]
    if team.closed_on is not None:
        raise Refused("wrong_state", "这个团队已经撤销，不能再调整；请另建团队。", "closed")
    _whole(named, members, limit, day, actor)
    if closes and (still := panel_used(team, day)):
        raise Refused("still_signed", f"这个团队还有 {still} 名签约居民；请先为他们改签或解约，再撤销团队。", "still signed", field="closes")
    team.name, team.phone, team.agreed_limit, team.version = named, phone.strip()[:32], limit, team.version + 1
    team.closed_on = day if closes else None
    team.save()
    _seat(team, {} if closes else members, day)
    _record("contract.team_changed", actor, team, members, at)
    return team


def locked(number: str) -> Team:
    team = Team.objects.select_for_update().filter(number=number).first()
    if team is None:
        raise Refused("unknown_team", f"没有编号为 {number} 的团队；请核对编号。", "no such team", field="team")
    return team


def panel_used(team: Team, day: date, *, but: frozenset[int] = frozenset()) -> int:
    """Residents who hold a place of the team: signed, or proposed and still to be confirmed."""
    rows = team.contracts.filter(state__in=("proposed", "signed", "renewed"), until_on__gt=day).exclude(resident__in=but)
    return rows.values("resident").distinct().count()


def _whole(name: str, members: Mapping[int, str], limit: int | None, day: date, actor: Actor) -> None:
    if not name:
        raise Refused("name_missing", "请填写团队名称。", "name missing", field="name")
    if [post for post in members.values() if post == MemberPost.LEADER] != [MemberPost.LEADER]:
        raise Refused("one_leader", "团队要有一名团队长，也只能有一名；请核对分工。", "exactly one leader", field="members")
    if any(post not in set(MemberPost) for post in members.values()) or len(people.names(members)) != len(members):
        raise Refused("unknown_member", "成员或分工不认识；请重新选择。", "unknown member", field="members")
    most = book.limit_of(None, day, actor.scope)
    if limit is not None and not 0 < limit <= most:
        raise Refused("limit_beyond", f"签约上限应在 1 至 {most} 人之间（本地上限 {most} 人）；请改小，或留空按本地上限。", "limit beyond the policy", field="limit")


def _seat(team: Team, members: Mapping[int, str], day: date) -> None:
    """Those who left get their last day, then those who are new are seated; who stays in the same post is left alone."""
    now = {member.person_id: member for member in team.members.filter(until_on__isnull=True)}
    for person, member in now.items():
        if members.get(person) != member.post:
            member.until_on = day
            member.save(update_fields=["until_on"])
    fresh = [Member(team=team, person_id=person, post=post, from_on=day) for person, post in members.items() if person not in now or now[person].post != post]
    Member.objects.bulk_create(fresh)


def _record(word: str, actor: Actor, team: Team, members: Mapping[int, str], at: datetime) -> None:
    journal.write(word, actor=actor, at=at, subject=f"contract_team:{team.number}", to_institution=team.institution_id,
                  facts={"number": team.number, "members": {str(person): post for person, post in members.items()}, "limit": team.agreed_limit, "closed": team.closed_on is not None})  # fmt: skip
