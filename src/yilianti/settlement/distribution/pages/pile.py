"""The fragment of start pages: what this post has to confirm, answer, approve, post or lock."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from yilianti.kernel.money import Money
from yilianti.kernel.pages import Request, page
from yilianti.settlement.budget.api import Fund
from yilianti.settlement.distribution import queries

_SAID = {"confirm": "待您确认的清算单", "answer": "待答复的异议", "unconfirmed": "还没有确认的机构", "approve": "待批准的清算", "post": "待拨付的清算", "lock": "待锁定的清算"}


@page("distribution.view")
def pile(request: Request) -> HttpResponse:
    """Nothing where nothing waits."""
    waiting = queries.waiting(request.actor, timezone.localdate())
    groups = [{"title": _SAID[verb], "statements": [{"one": one, "final": Money(one.final), "fund": Fund.label(one.settlement.fund)} for one in rows] if verb in ("confirm", "answer", "unconfirmed") else [], "settlements": [] if verb in ("confirm", "answer", "unconfirmed") else [{"one": one, "fund": Fund.label(one.fund)} for one in rows],
               "many": len(rows)} for verb, rows in waiting.items() if rows]  # fmt: skip
    return render(request, "distribution/_pile.html", {"groups": groups})
