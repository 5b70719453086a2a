"""What the patient was told: the section of a referral's page, and its two buttons."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from yilianti.care.referral import actions, queries
from yilianti.care.referral.models import Referral
from yilianti.care.referral.notices import PatientNotice
from yilianti.care.referral.pages.told import shown as told_shown
from yilianti.care.referral.pages.views import shown, visible_or_404
from yilianti.kernel.pages import Request, answer, page


@page("referral.view")
def told(request: Request, number: str) -> HttpResponse:
    """The section alone, while a message is under way."""
    referral = visible_or_404(request, number)
    context = told_shown(request.actor, referral, queries.history(number), timezone.now())
    return render(request, "referral/_told.html", {"referral": referral, **context})


@page("referral.resend_notice", methods=("POST",))
def resend_notice(request: Request, number: str, notice: int) -> HttpResponse:
    """「重发短信」"""
    return _done(request, number, notice, actions.resend_notice)


@page("referral.tell_in_person", methods=("POST",))
def tell_in_person(request: Request, number: str, notice: int) -> HttpResponse:
    """「当面已告知」"""
    return _done(request, number, notice, actions.tell_in_person)


def _done(request: Request, number: str, notice: int, act: Callable[..., PatientNotice]) -> HttpResponse:
    referral: Referral = visible_or_404(request, number)
    act(actor=request.actor, number=number, notice=notice, at=timezone.now())
    if not getattr(request, "htmx", False):
        return redirect("referral:detail", number=number)
    after: Any = queries.one(request.actor, referral.number)
    return answer(request, "referral/detail.html", shown(request, after, timezone.now()), fragment="referral/_referral.html")
