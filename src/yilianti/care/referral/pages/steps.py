"""One POST a step: parse, one call, show the referral as it now stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from yilianti.care.referral import actions, queries
from yilianti.care.referral.models import Referral
from yilianti.care.referral.pages import forms
from yilianti.care.referral.pages.views import shown, visible_or_404
from yilianti.care.referral.terms import Verb
from yilianti.kernel.pages import Request, answer, page, whole
from yilianti.registry.institutions import api as institutions

Act = Callable[..., Referral]


def _step(request: Request, number: str, verb: Verb, act: Act, form: django_forms.Form) -> HttpResponse:
    """Run the action with the form's content; a form that is not whole is refused like everything else."""
    before = visible_or_404(request, number)
    act(actor=request.actor, number=number, at=timezone.now(), **whole(form))
    after = queries.one(request.actor, number)  # a redirected one may be out of sight
    if not getattr(request, "htmx", False) or after is None:
        messages.success(request, f"{before.number}：{verb.zh}，已办好。")
        response = redirect("referral:detail", number=number) if after else redirect("referral:worklist")
        return _followed_by_htmx(request, response)
    return answer(request, "referral/detail.html", {**shown(request, after, timezone.now()), "done": verb.zh}, fragment="referral/_referral.html")


def _followed_by_htmx(request: Request, response: Any) -> HttpResponse:
    if getattr(request, "htmx", False):
        return HttpResponse(status=204, headers={"HX-Redirect": response.url})
    return response


@page("referral.accept", methods=("POST",))
def accept(request: Request, number: str) -> HttpResponse:
    referral = visible_or_404(request, number)
    departments = [(d.id, d.name) for d in institutions.departments(referral.to_institution_id)]
    return _step(request, number, Verb.ACCEPT, actions.accept, forms.AcceptForm(request.POST, departments=departments))


@page("referral.send_back", methods=("POST",))
def send_back(request: Request, number: str) -> HttpResponse:
    return _step(request, number, Verb.SEND_BACK, actions.send_back, forms.NoteForm(request.POST))


@page("referral.decline", methods=("POST",))
def decline(request: Request, number: str) -> HttpResponse:
    return _step(request, number, Verb.DECLINE, actions.decline, forms.DeclineForm(request.POST))


@page("referral.redirect", methods=("POST",))
def redirect_elsewhere(request: Request, number: str) -> HttpResponse:
    referral = visible_or_404(request, number)
    receivers = [(i.id, i.name) for i in institutions.receivers_for(referral.to_institution_id, timezone.localdate())]
    return _step(request, number, Verb.REDIRECT, actions.redirect, forms.RedirectForm(request.POST, receivers=receivers))


@page("referral.withdraw", methods=("POST",))
def withdraw(request: Request, number: str) -> HttpResponse:
    return _step(request, number, Verb.WITHDRAW, actions.withdraw, forms.BecauseForm(request.POST))


@page("referral.arrive", methods=("POST",))
def arrive(request: Request, number: str) -> HttpResponse:
    return _step(request, number, Verb.ARRIVE, actions.arrive, forms.ArriveForm(request.POST))


@page("referral.undo_arrival", methods=("POST",))
def undo_arrival(request: Request, number: str) -> HttpResponse:
    return _step(request, number, Verb.UNDO_ARRIVAL, actions.undo_arrival, forms.BecauseForm(request.POST))


@page("referral.discharge", methods=("POST",))
def discharge(request: Request, number: str) -> HttpResponse:
    return _step(request, number, Verb.DISCHARGE, actions.discharge, forms.DischargeForm(request.POST))


@page("referral.undo_discharge", methods=("POST",))
def undo_discharge(request: Request, number: str) -> HttpResponse:
    return _step(request, number, Verb.UNDO_DISCHARGE, actions.undo_discharge, forms.BecauseForm(request.POST))


@page("referral.follow_up", methods=("POST",))
def follow_up(request: Request, number: str) -> HttpResponse:
    return _step(request, number, Verb.FOLLOW_UP, actions.follow_up, forms.FollowUpForm(request.POST))


@page("referral.conclude", methods=("POST",))
def conclude(request: Request, number: str) -> HttpResponse:
    return _step(request, number, Verb.CONCLUDE, actions.conclude, forms.BecauseForm(request.POST))


@page("referral.arrive", methods=("POST",))
def answer_arrival(request: Request, encounter: str) -> HttpResponse:
    """Say to which referral an arrived patient belongs, or to none."""
    said = request.POST.get("chosen") or "unanswered"  # an empty answer is none of the choices, and is not called unrelated
    chosen = "" if said == "none" else said
    actions.answer_arrival(actor=request.actor, encounter=encounter, chosen=chosen, at=timezone.now())
    messages.success(request, f"就诊 {encounter} 已归入转诊单 {chosen}。" if chosen else f"就诊 {encounter} 与转诊无关，已记录。")
    return redirect("referral:arrivals")
