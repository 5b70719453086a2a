"""Standing in the receiver's line, and answering what it offers: beside the steps, on the same page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from yilianti.care.referral import actions, queries
from yilianti.care.referral.pages.step_forms import BecauseForm, QueueForm
from yilianti.care.referral.pages.views import shown, visible_or_404
from yilianti.kernel.pages import Request, answer, page, whole


@page("referral.queue", methods=("POST",))
def join_line(request: Request, number: str) -> HttpResponse:
    """「加入候补」"""
    return _done(request, number, actions.join_line, QueueForm(request.POST))


@page("referral.queue", methods=("POST",))
def leave_line(request: Request, number: str) -> HttpResponse:
    """「退出候补」"""
    return _done(request, number, actions.leave_line, BecauseForm(request.POST))


@page("referral.queue", methods=("POST",))
def take_offer(request: Request, number: str) -> HttpResponse:
    """「接受名额」"""
    return _done(request, number, actions.take_offer, None)


@page("referral.queue", methods=("POST",))
def decline_offer(request: Request, number: str) -> HttpResponse:
    """「放弃这次名额」"""
    return _done(request, number, actions.decline_offer, BecauseForm(request.POST))


def _done(request: Request, number: str, act: Any, form: forms.Form | None) -> HttpResponse:
    visible_or_404(request, number)
    act(actor=request.actor, number=number, at=timezone.now(), **(whole(form) if form is not None else {}))
    after = queries.one(request.actor, number)
    if not getattr(request, "htmx", False) or after is None:
        return redirect("referral:detail", number=number)
    return answer(request, "referral/detail.html", shown(request, after, timezone.now()), fragment="referral/_referral.html")
