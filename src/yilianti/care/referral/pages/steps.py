"""One POST a step: parse, one call, show the referral as it now stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from yilianti.care.referral import access, actions, queries
from yilianti.care.referral.lifecycle import REFERRAL
from yilianti.care.referral.models import Referral
from yilianti.care.referral.pages import step_forms
from yilianti.care.referral.pages.views import shown, visible_or_404
from yilianti.care.referral.terms import Verb
from yilianti.kernel.pages import Request, answer, page, whole

Act = Callable[..., Referral]


def _step(request: Request, before: Referral, verb: Verb, act: Act) -> HttpResponse:
    """Run the action with the form's content; a form that is not whole is refused like everything else."""
    number = before.number
    request.actor.require(f"referral.{verb.value}", access.place_of(before, REFERRAL[verb.value]))
    act(actor=request.actor, number=number, at=timezone.now(), **whole(step_forms.form_of(verb, before, request.POST)))
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


def _view(verb: Verb, act: Act) -> Callable[..., Any]:
    @page(f"referral.{verb.value}", methods=("POST",))
    def step(request: Request, number: str) -> HttpResponse:
        return _step(request, visible_or_404(request, number), verb, act)

    return step


#: A POST each: the address ends with the verb, the action has its name. Ways that write a second referral have pages of their own.
VIEWS = {
    verb.value: _view(verb, getattr(actions, verb.value))
    for verb in Verb
    if verb not in (Verb.SUBMIT, Verb.ASK_APPROVAL, Verb.SEND_OUT, Verb.OFFER_HOME, Verb.RECALL, Verb.LAPSE)
}


@page("referral.arrive", methods=("POST",))
def answer_arrival(request: Request, encounter: str) -> HttpResponse:
    """Say to which referral an arrived patient belongs, or to none."""
    said = request.POST.get("chosen") or "unanswered"  # an empty answer is none of the choices, and is not called unrelated
    chosen = "" if said == "none" else said
    actions.answer_arrival(actor=request.actor, encounter=encounter, chosen=chosen, at=timezone.now())
    messages.success(request, f"就诊 {encounter} 已归入转诊单 {chosen}。" if chosen else f"就诊 {encounter} 与转诊无关，已记录。")
    return redirect("referral:arrivals")
