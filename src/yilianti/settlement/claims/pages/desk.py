"""The fragment of the start page: what this month and the last came to; their piles are the list's own fragment."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from yilianti.kernel.money import Money
from yilianti.kernel.pages import Request, page
from yilianti.settlement.claims import month
from yilianti.settlement.claims.pages.spans import shifted


@page("claims.view")
def figures(request: Request) -> HttpResponse:
    """A statement for each month."""
    this = timezone.localdate().replace(day=1)
    months = [(first, month.figures(request.actor, first, shifted(first, 1))) for first in (this, shifted(this, -1))]
    return render(request, "claims/_desk.html", {"months": [{"first": first, "of": of, **{name: Money(getattr(of, name)) for name in ("total", "fund", "person", "unpriced")}} for first, of in months]})
