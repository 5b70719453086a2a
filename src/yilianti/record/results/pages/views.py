"""Looking at reports: one with its lines, trend and corrections; and those of one encounter as a fragment."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from yilianti.kernel.pages import Request, looked_at, page
from yilianti.record.encounters import api as encounters
from yilianti.record.results import queries
from yilianti.record.results.pages import showing
from yilianti.record.results.terms import Category, Status
from yilianti.registry.residents import api as residents


@page("results.view")
def detail(request: Request, number: str) -> HttpResponse:
    """One report."""
    actor = request.actor
    found = queries.one(actor, number, timezone.now())
    if found is None:
        raise Http404("没有这份报告，或您无权查看。")
    report, how_far = found
    looked_at(request, report.resident_id, encounters.purpose_of(actor, request.session.get(encounters.REASONS, {}), report.resident_id))
    lines, group = queries.observations(report), tuple(residents.all_ids(report.resident_id))
    former = queries.former_values(actor, report, lines, group, how_far=how_far)
    return render(request, "results/detail.html", {
        "report": report, "category": Category.label(report.category), "icon": showing.ICONS[Category(report.category)],
        "status": Status.label(report.status), "tone": showing.STATUS_TONES[Status(report.status)], "notice": showing.banner_of_chain(report),
        "may_unseal": actor.may("privacy.unseal", report.institution_id),
        "rows": showing.lines(lines, former), "has_former": any(former.values()), "chain": queries.chain(report),
        "banner": residents.banner(report.resident, timezone.localdate()),
    })  # fmt: skip


@page("results.view")
def of_encounter(request: Request, number: str) -> HttpResponse:
    """The reports of one encounter, as a card."""
    actor = request.actor
    seen = encounters.visit_of(number)
    how_far = encounters.sharing(actor, seen.resident_id, timezone.now()) if seen else encounters.Sharing.NO_RELATION
    if seen is None or not (how_far.is_wide or actor.may("results.view", seen.institution_id)):
        raise Http404("没有这次就诊，或您无权查看。")
    rows = queries.of_encounter(number, actor, how_far=how_far)
    if rows:
        looked_at(request, seen.resident_id, encounters.purpose_of(actor, request.session.get(encounters.REASONS, {}), seen.resident_id))
    return render(request, "results/_of_encounter.html", {"rows": rows})
