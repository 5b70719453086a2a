"""One package: at a glance, and on paper."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from yilianti.kernel.pages import Request, page
from yilianti.settlement.budget import queries
from yilianti.settlement.budget.models import Package
from yilianti.settlement.budget.pages import glance, leaking, records, steps


def found(request: Request, number: str) -> Package:
    """The package, or 404 alike for one that is not there and one out of reach."""
    one = queries.one(request.actor, number)
    if one is None:
        raise Http404("没有这份包干总额，或您无权查看。")
    return one


@page("budget.view")
def package(request: Request, number: str) -> HttpResponse:
    """Figures, waterfall, path, months, advance, and who changed what."""
    one, today = found(request, number), timezone.localdate()
    shown = glance.whole(one, today)
    opened = steps.dialogs(request.actor, one, shown, today)
    return render(request, "budget/package.html", {
        **shown, **opened, **records.happened(one), "working": glance.worked(one.working), "next_month": glance.next_month(one, shown["last"], today), "today": today,
    })  # fmt: skip


@page("budget.view")
def printed(request: Request, number: str) -> HttpResponse:
    """The same on paper, with leakage, without steps."""
    one = found(request, number)
    shown: dict[str, Any] = glance.whole(one, timezone.localdate())
    return render(request, "budget/print.html", {**shown, **leaking.leaks(one, None), "now": timezone.localtime()})
