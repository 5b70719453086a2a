"""Signing in the fewest taps: who, what fits and why, then the resident's own yes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from yilianti.care.contract import actions, book, queries, rules
from yilianti.care.contract.models import Contract
from yilianti.care.contract.pages import forms, showing
from yilianti.care.contract.pages.views import found
from yilianti.care.contract.terms import EVERYBODY, SOURCES, Kind, Nature, PackageKind, State, Way
from yilianti.kernel.finding import Refused
from yilianti.kernel.pages import Request, blame, done, looked_at, page
from yilianti.registry.institutions import api as institutions
from yilianti.registry.residents import api as residents


@page("contract.propose", methods=("GET", "POST"))
def new(request: Request) -> HttpResponse:
    """A contract for the resident named by ?resident=; what is in force or waiting already is opened instead."""
    number = request.POST.get("resident") or request.GET.get("resident", "")
    if not number:
        return redirect("/residents/?then=contract")
    person = residents.by_number(number)
    if person is None or not residents.may_view(request.actor, person.id):
        raise Http404("没有这位居民，或您无权查看。")
    person = residents.standing_for(person.id)
    return _written(request, person, Kind.FIRST, None, lambda told, key: actions.propose(actor=request.actor, resident=person.id, told=told, client_key=key, at=timezone.now()))


@page("contract.renew", methods=("GET", "POST"))
def renew(request: Request, number: str) -> HttpResponse:
    """「续签」"""
    one = found(request, number)
    request.actor.require("contract.renew", one.institution_id)
    return _written(request, one.resident, Kind.RENEWAL, one, lambda told, key: actions.renew(actor=request.actor, number=number, told=told, client_key=key, at=timezone.now()))


@page("contract.change", methods=("GET", "POST"))
def change(request: Request, number: str) -> HttpResponse:
    """「改签」"""
    one = found(request, number)
    request.actor.require("contract.change", one.institution_id)
    return _written(request, one.resident, Kind.CHANGE, one, lambda told, key: actions.change(actor=request.actor, number=number, told=told, client_key=key, at=timezone.now()))


def _written(request: Request, person: residents.Resident, kind: Kind, former: Contract | None, act: Callable[..., Contract]) -> HttpResponse:
    offer = _offer(request, person, former)
    form = forms.ProposeForm(request.POST or None, initial=offer.pop("initial"), **offer.pop("choices"))
    if request.method == "POST" and form.is_valid():
        try:
            made = act(form.told(), form.cleaned_data["client_key"])
        except Refused as refusal:
            blame(form, refusal)
        else:
            return redirect("contract:confirm", number=made.number)
    looked_at(request, person.id, "办理签约")
    chosen = form["packages"].value() or []
    for row in offer["proposed"]:
        row["checked"] = row["package"].code in chosen
    return render(request, "contract/propose.html", {"form": form, "kind": kind, "former": former, "resident": person, **offer}, status=422 if form.errors else 200)


def _offer(request: Request, person: residents.Resident, former: Contract | None) -> dict[str, Any]:
    """What fits this person today: groups with the reason, packages with theirs, teams with their free places."""
    actor, today = request.actor, timezone.localdate()
    place = former.institution_id if former else actor.institution
    table = book.tags(today, actor.scope)
    names, noted = {tag.code: tag.name for tag in table}, queries.noted(person.id, today)
    tags = rules.tags_of(table, born_on=person.born_on, sex=person.sex, day=today, noted=[one.tag for one in noted])
    proposed = rules.proposals(book.packages(today, actor.scope).values(), tags, names)
    teams = queries.offered(institutions.chain(place) if place else [], actor.person)
    used = queries.used([team.id for team in teams], today)
    least, handling = int(book.edition("cycle", today, actor.scope).least_months), book.edition("handling", today, actor.scope)
    months = list(range(least, int(handling.most_months) + 1, 12))
    kept = [package["code"] for package in former.packages] if former else [one.package.code for one in proposed if one.package.kind == PackageKind.BASIC]
    others = [one for one in queries.of_resident(person.id) if one.state in (State.PROPOSED, State.SIGNED) and (former is None or one.pk != former.pk)]
    return {
        "banner": residents.banner(person, today), "tags": [{"code": code, "name": names[code], "why": why} for code, why in tags.items() if code != EVERYBODY],
        "noted": [{"one": one, "name": names.get(one.tag, one.tag), "source": SOURCES.get(one.source, one.source)} for one in noted],
        "proposed": [{"package": one.package, "because": one.because, "kind": PackageKind.label(one.package.kind), "asked": showing.yuan(one.package.asked), "person": showing.yuan(one.package.person),
                      "items": [item for item in one.package.items if not item.tags or any(tag in tags for tag in item.tags)]} for one in proposed],
        "others": others, "natures": dict(Nature.choices()), "tag_form": forms.TagForm(auto_id="tag_%s", tags=[(tag.code, tag.name) for tag in table if not tag.is_reckoned and tag.code != EVERYBODY and tag.code not in tags], initial={"from_on": today}),
        "may_tag": actor.may("contract.tag"), "places_left": [{"team": team, "used": used.get(team.id, 0), "limit": book.limit_of(team.agreed_limit, today, actor.scope)} for team in teams],
        "choices": {"packages": [(one.package.code, one.package.name) for one in proposed], "teams": [(team.id, f"{team.name}（{used.get(team.id, 0)}/{book.limit_of(team.agreed_limit, today, actor.scope)}）") for team in teams], "months": months},
        "initial": {"packages": kept, "team": former.team_id if former and any(team.id == former.team_id for team in teams) else (teams[0].id if teams else None), "months": int(handling.usual_months), "client_key": uuid4()},
    }  # fmt: skip


@page("contract.confirm", methods=("GET", "POST"))
def confirm(request: Request, number: str) -> HttpResponse:
    """The resident reads, then signs on the screen, says the code, or signs on paper."""
    one, today = found(request, number), timezone.localdate()
    request.actor.require("contract.confirm", one.institution_id)
    if one.state != State.PROPOSED and request.method == "GET":
        return redirect("contract:detail", number=number)
    form = forms.ConfirmForm(request.POST or None, request.FILES or None, initial={"way": Way.SIGNATURE.value, "signer": "self"})
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.confirm(actor=request.actor, number=number, said=form.said(), at=timezone.now())
        except Refused as refusal:
            blame(form, refusal)
        else:
            return done(request, reverse("contract:detail", kwargs={"number": number}), f"已签约，{made.begins_on} 起由{made.team.name}服务。")
    looked_at(request, one.resident_id, f"办理签约确认 {number}")
    person = residents.standing_for(one.resident_id)
    return render(request, "contract/confirm.html", {
        "contract": one, "form": form, "banner": residents.banner(one.resident, today), "packages": showing.packages(one), "clauses": book.edition("agreement", today, request.actor.scope).clauses,
        "phone": residents.mask_phone(person.phone) if person.phone else "", "sent": one.codes.filter(expires_at__gt=timezone.now()).order_by("-id").first(), "ways": Way.choices(),
        "last": showing.last_day(one),
    }, status=422 if form.errors else 200)  # fmt: skip


@page("contract.confirm", methods=("POST",))
def send_code(request: Request, number: str) -> HttpResponse:
    """「发送确认码」"""
    one = found(request, number)
    request.actor.require("contract.confirm", one.institution_id)
    made = actions.send_code(actor=request.actor, number=number, at=timezone.now())
    return done(request, reverse("contract:confirm", kwargs={"number": number}) + "?way=code", f"确认码已发往 {residents.mask_phone(made.phone)}，请居民念出六位数字。")
