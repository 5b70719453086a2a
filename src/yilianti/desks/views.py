"""The start page: the desk of the job, with what needs doing now."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from yilianti.care.referral import api as referral
from yilianti.desks import jobs
from yilianti.desks.first_day import api as first_day
from yilianti.kernel.actor import Actor
from yilianti.kernel.pages import ANY_ACCOUNT, PUBLIC, Request, page
from yilianti.registry.access import api as access


@page(ANY_ACCOUNT)
def start(request: Request) -> HttpResponse:
    """The actor's desk."""
    actor: Actor = request.actor
    if len(request.signed_in.posts) > 1 and not access.sessions.has_chosen(request.session):
        return redirect("access:choose_post")
    desk = jobs.desk_of(actor.roles)
    context: dict[str, Any] = {"desk": desk, "now": timezone.localtime()}
    if desk is not None:
        context |= {
            "piles": _piles(actor, desk),
            "fragments": [fragment for fragment in desk.fragments if not fragment.permission or actor.may(fragment.permission)],
            "links": [link for link in desk.links if actor.may(link.permission)],
            "receivers": referral.late_by_receiver(actor, timezone.now()) if desk.watches_receivers else None,
        }
        if desk.begins and not first_day.is_over():
            context["first_day"] = first_day.steps(actor)
    return render(request, "desks/start.html", context)


def _piles(actor: Actor, desk: jobs.Desk) -> list[dict[str, Any]]:
    if not desk.piles or desk.watches_receivers:
        return []
    counted = referral.counts(actor)
    return [{"pile": pile, "count": counted.get(pile.box, 0)} for pile in desk.piles]


@page(PUBLIC)
def style(request: Request) -> HttpResponse:
    """The living style page; in demo mode only."""
    if not settings.DEMO_MODE:
        raise Http404
    return render(request, "style_guide.html")
