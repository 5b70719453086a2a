"""「家庭医生团队」: how full each is, who serves in it, founding and changing."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from yilianti.care.contract import access, actions, book, queries
from yilianti.care.contract.models import Team
from yilianti.care.contract.pages import forms
from yilianti.care.contract.terms import MemberPost
from yilianti.kernel.finding import Refused
from yilianti.kernel.pages import Request, blame, page
from yilianti.registry.institutions import api as institutions
from yilianti.registry.people import api as people


@page("contract.view")
def teams(request: Request) -> HttpResponse:
    """Every team in reach, with the places it has left."""
    actor, today = request.actor, timezone.localdate()
    listed = queries.teams(actor)
    used = queries.used([team.id for team in listed], today)
    return render(request, "contract/teams.html", {"rows": [_row(request, team, used.get(team.id, 0), today) for team in listed], "may_found": actor.may("contract.keep_team")})


def _row(request: Request, team: Team, used: int, today: date) -> dict[str, Any]:
    limit = book.limit_of(team.agreed_limit, today, request.actor.scope)
    serving: Any = getattr(team, "serving", ())
    leader = next((member.person.name for member in serving if member.post == MemberPost.LEADER), "")
    return {"team": team, "used": used, "limit": limit, "left": max(0, limit - used), "percent": min(100, used * 100 // limit), "leader": leader, "members": len(serving)}


def _found(request: Request, number: str) -> Team:
    found = queries.team(request.actor, number)
    if found is None:
        raise Http404("没有这个团队，或您无权查看。")
    return found


@page("contract.view")
def team(request: Request, team: str) -> HttpResponse:
    """One team, its members on a day, and how full it is."""
    one, today = _found(request, team), timezone.localdate()
    day = min(forms.day_of(request.GET.get("on", ""), today), today)
    return render(request, "contract/team.html", {
        **_row(request, one, queries.used([one.id], today).get(one.id, 0), today), "day": day, "today": today, "is_past": day < today,
        "serving": [(member, MemberPost.label(member.post)) for member in queries.members(one, day)], "may_change": one.closed_on is None and access.may_keep(request.actor, one),
    })  # fmt: skip


@page("contract.keep_team", methods=("GET", "POST"))
def found(request: Request) -> HttpResponse:
    """「新建团队」"""
    return _kept(request, None)


@page("contract.keep_team", methods=("GET", "POST"))
def change(request: Request, team: str) -> HttpResponse:
    """「调整团队」"""
    one = _found(request, team)
    request.actor.require("contract.keep_team", one.institution_id)
    return _kept(request, one)


def _kept(request: Request, one: Team | None) -> HttpResponse:
    actor, today = request.actor, timezone.localdate()
    reach = institutions.many(actor.reaches("contract.keep_team"))
    places = [(key, place.name) for key, place in sorted(reach.items())] if one is None else [(one.institution_id, one.institution.name)]
    begun = {"institution": one.institution_id if one else actor.institution, "name": one.name if one else "", "phone": one.phone if one else "", "limit": one.agreed_limit if one else None}
    form = forms.TeamForm(request.POST or None, initial=begun, places=places)
    chosen = forms.seats(request.POST) if request.method == "POST" else ({member.person_id: member.post for member in queries.members(one, today)} if one else {})
    if request.method == "POST" and form.is_valid():
        try:
            made = _done(request, one, form, chosen)
        except Refused as refusal:
            blame(form, refusal)
        else:
            return redirect("contract:team", team=made.number)
    return render(request, "contract/keep_team.html", {"form": form, "team": one, "people": _staff(request, one, chosen, today), "posts": MemberPost.choices()}, status=422 if form.errors else 200)


def _done(request: Request, one: Team | None, form: forms.TeamForm, chosen: dict[int, str]) -> Team:
    given = form.cleaned_data
    told: dict[str, Any] = {"actor": request.actor, "name": given["name"], "members": chosen, "phone": given["phone"], "limit": given["limit"], "at": timezone.now()}
    if one is None:
        return actions.found_team(institution=given["institution"], **told)
    return actions.change_team(number=one.number, closes=request.POST.get("closes") == "1", **told)


def _staff(request: Request, one: Team | None, chosen: dict[int, str], today: date) -> list[dict[str, Any]]:
    """Who may serve: staff of the places in reach, and whoever serves already."""
    reach = request.actor.reaches("contract.keep_team")
    names = institutions.names(reach)
    listed: dict[int, dict[str, Any]] = {}
    for place in sorted(reach):
        for person in people.staff_of(place, today):
            listed.setdefault(person.id, {"person": person, "place": names.get(place, ""), "post": chosen.get(person.id, "")})
    for member in queries.members(one, today) if one else ():
        listed.setdefault(member.person_id, {"person": member.person, "place": "", "post": chosen.get(member.person_id, "")})
    return list(listed.values())
