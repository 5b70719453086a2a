"""现行政策: what holds here, on a day, and who says so. Reading only."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from yilianti import policybook
from yilianti.desks.policies import showing
from yilianti.desks.policies.forms import FilterForm
from yilianti.kernel.pages import Request, page
from yilianti.kernel.tables.sheets import sheet
from yilianti.policybook import Standing, access
from yilianti.registry.governance import api as governance

SHOWN_ROWS = 60


@page("policies.view")
def in_force(request: Request) -> HttpResponse:
    """The list, grouped by folder."""
    today = timezone.localdate()
    form = FilterForm(request.GET or {"day": today.isoformat()})
    asked = form.answers(today)
    survey = policybook.current().survey(asked["day"], request.actor.scope)
    groups = showing.groups(survey, asked["day"], asked["q"].strip(), asked["status"], governance.authorities(showing.refs(survey)))
    lines = [line for _, found in groups for line in found]
    return render(
        request,
        "policies/in_force.html",
        {
            "form": form,
            "groups": groups,
            "day": asked["day"],
            "is_today": asked["day"] == today,
            "trouble": policybook.trouble(),
            "count": len(lines),
            "overdue": sum(line.overdue for line in lines),
            "local": sum(line.edition is not None and line.edition.is_local_parameter for line in lines),
        },
    )


@page("policies.view")
def policy(request: Request, code: str) -> HttpResponse:
    """One policy: what holds, why, what it overrides, and all its editions."""
    today = timezone.localdate()
    asked = FilterForm(request.GET).answers(today)
    standing = _standing(request, code, asked["day"])
    edition = standing.in_force
    told = edition or standing.history[0]
    authorities = governance.authorities(showing.refs([standing]))
    context: dict[str, Any] = {
        "standing": standing,
        "edition": edition,
        "told": told,
        "place": policybook.places.label(told.place),
        "values": showing.values(told) if told.code != access.CODE else [],
        "timeline": showing.timeline(standing, asked["day"], authorities),
        "authority": authorities.get(told.policy_ref),
        "day": asked["day"],
        "is_today": asked["day"] == today,
        "overdue": told.head.next_review < today,
        "overridden": [
            (policybook.places.label(other.place), other, showing.summary(other)) for other in standing.overridden
        ],
        "trouble": policybook.trouble(),
    }
    if edition is not None and code == access.CODE:
        context["roles"], context["rooms"] = showing.matrix(edition)
    elif edition is not None and edition.table is not None:
        context |= _rows(edition, asked["q"].strip())
    return render(request, "policies/policy.html", context)


@page("policies.view")
def by_ref(request: Request) -> HttpResponse:
    """From the reference a finding or a result cites to that edition: ?ref=<policy_ref>."""
    try:
        edition = policybook.by_ref(request.GET.get("ref", ""))
    except KeyError as unknown:
        raise Http404(str(unknown)) from unknown
    return redirect(f"{reverse('policies:policy', args=[edition.code])}?day={edition.effective_from.isoformat()}")


@page("policies.view")
def export(request: Request) -> HttpResponse:
    """The list of a day as CSV."""
    day = FilterForm(request.GET).answers(timezone.localdate())["day"]
    survey = policybook.current().survey(day, request.actor.scope)
    return sheet(f"policies-{day.isoformat()}.csv", showing.export_rows(survey, day))


@page("policies.view")
def export_table(request: Request, code: str) -> HttpResponse:
    """The table of the edition in force on a day as CSV."""
    day = FilterForm(request.GET).answers(timezone.localdate())["day"]
    edition = _standing(request, code, day).in_force
    if edition is None or edition.table is None:
        raise Http404("这项政策当日没有表")
    return sheet(f"{code}-{edition.effective_from.isoformat()}.csv", [edition.table.columns, *edition.table.rows])


def _standing(request: Request, code: str, day: Any) -> Standing:
    standing = policybook.current().standing(code, day, request.actor.scope)
    if not standing.history:
        raise Http404("没有这项政策")
    return standing


def _rows(edition: policybook.Edition, q: str) -> dict[str, Any]:
    """The rows to show: those found, or the first ones. A catalogue is searched by initials too, any other table by its words."""
    assert edition.table is not None
    if {"name", "initials"} <= set(edition.table.columns):
        catalogue = policybook.Catalogue.of(edition)
        found = catalogue.search(q, SHOWN_ROWS) if q else list(catalogue)[:SHOWN_ROWS]
        return {"rows": found, "q": q, "whole": len(catalogue)}
    columns = [edition.head.labels.get(column, column) for column in edition.table.columns]
    lines = [list(zip(columns, row, strict=True)) for row in edition.table.rows if q.casefold() in " ".join(row).casefold()]
    return {"rows": lines[:SHOWN_ROWS], "columns": columns, "q": q, "whole": len(edition.table)}
