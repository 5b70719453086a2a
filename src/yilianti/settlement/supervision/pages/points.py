"""「监管知识点」: what is in force, found by code or name; tables are brought on the page of imports."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from yilianti.kernel.pages import Request, numbered, page
from yilianti.settlement.supervision import queries
from yilianti.settlement.supervision.rules.limits import told
from yilianti.settlement.supervision.terms import Limit, Point


@page("supervision.view")
def points(request: Request) -> HttpResponse:
    """The points of the reader's consortium."""
    text, limit = request.GET.get("text", "").strip()[:40], request.GET.get("limit", "")
    limit = limit if limit in set(Limit) else ""
    listed = queries.knowledge(request.actor.consortium, text, limit, timezone.localdate(), after=numbered(request.GET.get("after", "")))
    said = {name: value for name, value in (("text", text), ("limit", limit)) if value}
    rows = [{"point": one, "limit": Limit.label(one.limit), "who": told(Point(one.limit, one.code, one.name, one.sex, one.age_from, one.age_until))} for one in listed.rows]
    return render(request, "supervision/points.html", {
        "rows": rows, "text": text, "limit": limit, "limits": Limit.choices(), "may_import": request.actor.may("supervision.points") and request.actor.may("imports.use"),
        "next_url": f"?{urlencode({**said, 'after': listed.next_key})}" if listed.next_key else "",
    })  # fmt: skip
