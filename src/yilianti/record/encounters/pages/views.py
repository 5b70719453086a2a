"""Looking at one encounter: what is known, what changed, and what belongs to it."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from yilianti.kernel.pages import Request, looked_at, page
from yilianti.record.encounters import access, queries
from yilianti.record.encounters.pages import showing
from yilianti.record.encounters.terms import Kind, State
from yilianti.registry.residents import api as residents


@page("encounters.view")
def detail(request: Request, number: str) -> HttpResponse:
    """One visit with its diagnoses, its versions and, by fragment, its reports and documents."""
    found = queries.one(request.actor, number, timezone.now())
    if found is None:
        raise Http404("没有这次就诊，或您无权查看。")
    encounter, _ = found
    group = residents.all_ids(encounter.resident_id)
    looked_at(request, encounter.resident_id, access.purpose_of(request.actor, request.session.get(access.REASONS, {}), encounter.resident_id))
    diagnoses = showing.diagnoses(encounter.diagnoses)
    return render(request, "encounters/detail.html", {
        "encounter": encounter, "kind": Kind.label(encounter.kind), "state": State.label(encounter.state), "tone": showing.tone(encounter),
        "facts": showing.facts(encounter), "diagnoses": diagnoses, "has_moments": any(row["at"] for row in diagnoses),
        "may_unseal": request.actor.may("privacy.unseal", encounter.institution_id),
        "details": showing.details(encounter.details),
        "steps": showing.steps(queries.history(encounter, tuple(group))), "banner": residents.banner(encounter.resident, timezone.localdate()),
    })  # fmt: skip
