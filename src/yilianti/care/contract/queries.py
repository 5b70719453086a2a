"""Contracts and teams as lists show them, the ledger of one, and coverage on any day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Prefetch, Q, QuerySet

from yilianti.care.contract import access, book, ledger, rules
from yilianti.care.contract.models import Contract, Fulfilment, Member, Obligation, Rating, Refund, Tagging, Team
from yilianti.care.contract.terms import Covered, MemberPost
from yilianti.kernel.actor import Actor
from yilianti.kernel.pages import Slice, keyset
from yilianti.policybook import HasScope
from yilianti.registry.residents import api as residents

PAGE = 30


@dataclass(frozen=True)
class Filters:
    """How the list is narrowed; empty words narrow nothing."""

    state: str = ""
    team: int | None = None
    institution: int | None = None
    tag: str = ""
    text: str = ""
    ending_before: date | None = None
    resident: int | None = None


def _narrowed(actor: Actor, by: Filters) -> QuerySet[Contract]:
    rows = Contract.objects.filter(access.visible_to(actor))
    if by.team is not None:
        rows = rows.filter(team=by.team)
    if by.institution is not None:
        rows = rows.filter(institution=by.institution)
    if by.tag:
        rows = rows.filter(tags__contains=[by.tag])
    if by.ending_before is not None:
        rows = rows.filter(state="signed", until_on__lte=by.ending_before)
    if by.resident is not None:
        rows = rows.filter(resident__in=residents.all_ids(by.resident))
    if by.text:
        people = residents.sought(by.text)
        named = Q(number__iendswith=by.text)
        rows = rows.filter(named if people is None else named | Q(resident__in=people.values("id")))
    return rows


def worklist(actor: Actor, by: Filters, *, before: int | None = None, size: int = PAGE) -> Slice:
    """Newest first, with resident, team and place; one statement."""
    rows = _narrowed(actor, by).select_related("resident", "team", "institution").defer("packages", "note").order_by("-id")
    if by.state:
        rows = rows.filter(state=by.state)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return keyset(list(rows[: size + 1]), size, key=lambda one: one.id)


def counts(actor: Actor, by: Filters) -> dict[str, int]:
    """State → how many; one statement."""
    return dict(_narrowed(actor, by).order_by().values_list("state").annotate(many=Count("id")))


def next_due(contracts: Sequence[Contract], day: date) -> dict[int, list[Obligation]]:
    """Contract → open items whose window has begun by the day, earliest first; two statements for a list."""
    promised = Obligation.objects.filter(contract__in=[one.pk for one in contracts], opens_on__lte=day).order_by("due_on", "id")
    promised = promised.prefetch_related(Prefetch("lines", Fulfilment.objects.order_by("id").defer("evidence"), to_attr="written"))
    found: dict[int, list[Obligation]] = {}
    for one in promised:
        if ledger.standing_line(one.written) is None:
            found.setdefault(one.contract_id, []).append(one)
    return found


def one(actor: Actor, number: str) -> Contract | None:
    """A contract in the actor's reach."""
    rows = Contract.objects.select_related("resident", "team", "institution", "former", "proposed_by", "confirmation")
    return rows.filter(access.visible_to(actor), number=number).first()


def of_resident(resident: int) -> list[Contract]:
    """Every contract of a person, under any of their numbers, newest first."""
    return list(Contract.objects.filter(resident__in=residents.all_ids(resident)).select_related("team", "institution").order_by("-id"))


def in_force_for(resident: int, day: date) -> Contract | None:
    """The contract that held for a person on a day."""
    return Contract.objects.in_force(day).filter(resident__in=residents.all_ids(resident)).select_related("team", "institution").order_by("id").first()


def ratings(contract: Contract) -> list[Rating]:
    return list(contract.ratings.select_related("asked_by").order_by("-id"))


def refunds(contract: Contract) -> list[Refund]:
    return list(contract.refunds.select_related("refunded_by").order_by("-id"))


# -- teams


def teams(actor: Actor, *, closed: bool = False) -> list[Team]:
    """Teams in the actor's reach or own; with those who serve in them, two statements."""
    serving = Member.objects.filter(until_on__isnull=True).select_related("person").order_by("id")
    rows = Team.objects.filter(access.teams_visible_to(actor)).select_related("institution").prefetch_related(Prefetch("members", serving, to_attr="serving"))
    return list((rows if closed else rows.filter(closed_on__isnull=True)).distinct().order_by("institution__code", "name"))


def team(actor: Actor, number: str) -> Team | None:
    return Team.objects.select_related("institution").filter(access.teams_visible_to(actor), number=number).distinct().first()


def members(team: Team, day: date) -> list[Member]:
    """Who served in a team on a day; the leader first."""
    held = team.members.filter(Q(until_on__isnull=True) | Q(until_on__gt=day), from_on__lte=day).select_related("person")
    return sorted(held, key=lambda member: (member.post != MemberPost.LEADER, member.id))


def used(team_ids: Sequence[int], day: date) -> dict[int, int]:
    """Team → residents that hold a place; one statement."""
    rows = Contract.objects.filter(team__in=team_ids, state__in=("proposed", "signed", "renewed"), until_on__gt=day)
    return dict(rows.order_by().values_list("team").annotate(many=Count("resident", distinct=True)))


def offered(place_chain: Sequence[int], person: int | None) -> list[Team]:
    """Teams a place may sign with, one's own first."""
    rows = Team.objects.filter(institution__in=place_chain, closed_on__isnull=True).select_related("institution").order_by("name")
    mine = set(Member.objects.filter(person=person, until_on__isnull=True).values_list("team", flat=True)) if person else set()
    return sorted(rows, key=lambda team: (team.id not in mine, -list(place_chain).index(team.institution_id), team.name))


# -- groups and coverage


def noted(resident: int, day: date) -> list[Tagging]:
    """What was noted of a person for that day."""
    return list(Tagging.objects.on(day).filter(resident__in=residents.all_ids(resident)).order_by("tag", "id"))


def coverage(places: Sequence[int], day: date, scope: HasScope) -> list[Covered]:
    """Of the residents kept at these places who lived on that day: by group, how many there are and how many were signed with any team then. Five statements."""
    living = residents.Resident.objects.filter(Q(died_at__isnull=True) | Q(died_at__gte=ledger.end_of(day)), home__in=places, merged_into__isnull=True, created_at__lt=ledger.end_of(day))
    people = list(living.values_list("id", "born_on", "sex"))
    tags = book.tags(day, scope)
    known = [code.code for code in tags if not code.is_reckoned]
    held: dict[str, set[int]] = {}
    for resident, tag in Tagging.objects.on(day).filter(tag__in=known).values_list("resident", "tag"):
        held.setdefault(tag, set()).add(resident)
    signed = set(Contract.objects.in_force(day).filter(signed_at__lt=ledger.end_of(day)).values_list("resident", flat=True))
    stands = _standing(signed.union(*held.values()))
    return rules.coverage(people, tags, {tag: frozenset(stands.get(one, one) for one in ids) for tag, ids in held.items()}, frozenset(stands.get(one, one) for one in signed), day)


def _standing(ids: set[int]) -> dict[int, int]:
    """Merged id → the one who stands for it; the few that are merged alone are looked up."""
    merged = list(residents.Resident.objects.filter(id__in=ids, merged_into__isnull=False).values_list("id", flat=True))
    return {one: residents.standing_for(one).id for one in merged}


def soon(day: date, days: int) -> date:
    """The day up to which a contract counts as ending soon."""
    return day + timedelta(days=days)
