"""Questions, answers and milestones: beside the steps, on the same page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from yilianti.care.referral import actions
from yilianti.care.referral.pages.step_forms import MilestoneForm, SayForm
from yilianti.care.referral.pages.views import shown, visible_or_404
from yilianti.kernel.pages import Request, answer, page, whole


@page("referral.say", methods=("POST",))
def say(request: Request, number: str) -> HttpResponse:
    """Ask or answer; the page comes back with the conversation."""
    return _done(request, number, actions.say, SayForm(request.POST))


@page("referral.note_milestone", methods=("POST",))
def note_milestone(request: Request, number: str) -> HttpResponse:
    """When something of a green channel took place."""
    return _done(request, number, actions.note_milestone, MilestoneForm(request.POST))


def _done(request: Request, number: str, act: Any, form: forms.Form) -> HttpResponse:
    visible_or_404(request, number)
    act(actor=request.actor, number=number, at=timezone.now(), **whole(form))
    if not getattr(request, "htmx", False):
        return redirect("referral:detail", number=number)
    return answer(request, "referral/detail.html", shown(request, visible_or_404(request, number), timezone.now()), fragment="referral/_referral.html")
