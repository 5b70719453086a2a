"""A person at the desk is registered, or found to be known."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from yilianti.kernel.finding import Refused
from yilianti.kernel.pages import Request, blame, page
from yilianti.registry.residents import actions, rules
from yilianti.registry.residents.pages import forms


def empty_form(request: Request, known: dict[str, str]) -> forms.RegisterForm:
    """The form with what is known already."""
    return _form(request, None, known)


def _form(request: Request, data: object = None, known: dict[str, str] | None = None) -> forms.RegisterForm:
    actor = request.actor
    initial = {"home": actor.institution, "name": request.GET.get("name", "")[:96], "sex": "0", **(known or {})}
    return forms.RegisterForm(data, homes=forms.homes(actor.reaches("residents.register"), actor.institution), initial=initial)


@page("residents.register", methods=("GET", "POST"))
def register(request: Request) -> HttpResponse:
    """「登记居民」"""
    form = _form(request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        actor = request.actor
        try:
            made = actions.register(actor=actor, identifiers=form.identifiers(actor.institution), demographics=form.demographics(), at=timezone.now())
        except Refused as refusal:
            blame(form, refusal)
        else:
            return _registered(request, made)
    return render(request, "residents/register.html", {"form": form, "card": None, "then": request.GET.get("then", "")}, status=422 if form.errors else 200)


def _registered(request: Request, made: actions.Registered) -> HttpResponse:
    name, number = made.resident.name, made.resident.number
    messages.success(request, f"已登记{name}，编号 {number}。" if made.created else f"{name}已在册（编号 {number}），已列为本机构服务对象。")
    for finding in made.findings:
        messages.warning(request, finding.sentence)
    then = request.GET.get("then", "")
    if then in ("referral", "contract"):
        return redirect(f"/{then}s/new?resident={number}")
    return redirect("residents:detail", number=number)


@page("residents.register", methods=("POST",))
def card(request: Request) -> HttpResponse:
    """What an identity number says, at once: birth date and sex filled in, or what is wrong. POST keeps the number out of addresses."""
    typed = request.POST.get("id_card", "")
    read = rules.read_id_card(typed)
    said = request.POST.dict()
    if read is not None:
        said |= {"born_on": read.born_on.isoformat(), "sex": read.sex.value}
    actor = request.actor
    form = forms.RegisterForm(homes=forms.homes(actor.reaches("residents.register"), actor.institution), initial=said)
    fault = rules.why_not_id_card(typed) if len(rules.tidy(typed)) >= 15 else ""
    findings = rules.unknown_area(read) if read else []
    age = rules.age_on(read.born_on, timezone.localdate()) if read else None
    return render(request, "residents/_card.html", {"form": form, "card": read, "fault": fault, "findings": findings, "age": age})
