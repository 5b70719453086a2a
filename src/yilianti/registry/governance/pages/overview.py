"""治理: every consortium in view, and one with its councils, meetings, resolutions and documents."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from yilianti.kernel.pages import Request, done, page, whole
from yilianti.registry.governance import access, actions, queries
from yilianti.registry.governance.pages import forms, showing
from yilianti.registry.governance.terms import MeetingState
from yilianti.registry.institutions import api as institutions
from yilianti.registry.institutions.api import Consortium

_PAST = (MeetingState.CLOSED.value, MeetingState.CANCELLED.value)


def visible_or_404(request: Request, code: str) -> Consortium:
    found = queries.consortium(request.actor, code, timezone.localdate())
    if found is None:
        raise Http404("没有这个医联体，或您无权查看。")
    return found


def kept_or_404(request: Request, code: str) -> Consortium:
    """One whose papers the actor keeps."""
    found = visible_or_404(request, code)
    access.require_manage(request.actor, found, timezone.localdate())
    return found


@page("governance.view")
def overview(request: Request) -> HttpResponse:
    """「治理」"""
    today = timezone.localdate()
    seen = queries.consortia(request.actor, today)
    return render(request, "governance/overview.html", {
        "consortia": [(c, institutions.ConsortiumModel.label(c.model)) for c in seen], "upcoming": [showing.meeting_row(m) for m in queries.upcoming(seen)],
        "awaiting": queries.awaiting_vote_of(request.actor), "year": today.year, "sees_members": request.actor.may("institutions.view"),
    })  # fmt: skip


@page("governance.view")
def consortium(request: Request, code: str) -> HttpResponse:
    """One consortium's governance."""
    found, today = visible_or_404(request, code), timezone.localdate()
    form = forms.FilterForm(request.GET)
    said = form.cleaned_data if form.is_valid() else {}
    filters = queries.Filters(said.get("text", "").strip(), said.get("state", ""))
    keeps = access.may_manage(request.actor, found, today)
    return render(request, "governance/consortium.html", {
        "consortium": found, "keeps": keeps, "year": today.year, "form": form, "filtered": bool(filters.text or filters.state),
        "councils": [(c, showing.council_kind(c)) for c in queries.councils(found, today)],
        "upcoming": [showing.meeting_row(m) for m in queries.upcoming([found])], "past": [showing.meeting_row(m) for m in queries.meetings(found, _PAST, limit=8)],
        "resolutions": [showing.resolution_row(r) for r in queries.resolutions(found, filters)],
        "documents": [showing.document_row(d, today) for d in queries.documents(found, queries.Filters(filters.text))],
        "council_form": forms.CouncilForm(auto_id="council_%s"), "lead": institutions.lead_of(code, today) if keeps else None,
    })  # fmt: skip


@page("governance.view")
def of(request: Request, code: str) -> HttpResponse:
    """A fragment for the page of the consortium: councils, documents in force, the last resolutions."""
    found, today = visible_or_404(request, code), timezone.localdate()
    context: dict[str, Any] = {
        "consortium": found, "councils": queries.councils(found, today), "resolutions": queries.resolutions(found, queries.Filters(state="adopted"), limit=3),
        "documents": [d for d in queries.documents(found, queries.Filters()) if d.state == "in_force"],
    }  # fmt: skip
    return render(request, "governance/_of.html", context)


@page("governance.manage", methods=("POST",))
def found_council(request: Request, code: str) -> HttpResponse:
    """「设立治理机构」"""
    found = kept_or_404(request, code)
    made = actions.found_council(actor=request.actor, consortium=found.code, at=timezone.now(), **whole(forms.CouncilForm(request.POST)))
    return done(request, reverse("governance:council", kwargs={"council": made.id}), f"已设立{made.name}；请登记委员。")
