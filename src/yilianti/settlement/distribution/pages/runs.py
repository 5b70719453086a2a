"""A run on the page: its steps read by people, and what is different from the run before."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse

from yilianti.kernel.money import Money
from yilianti.kernel.pages import Request, answer, page
from yilianti.settlement.distribution import access, differing, explaining, queries
from yilianti.settlement.distribution.models import Run, Settlement
from yilianti.settlement.distribution.pages import views
from yilianti.settlement.distribution.terms import INPUTS, Part


@page("distribution.view")
def run(request: Request, number: str, turn: int) -> HttpResponse:
    """Every step of one run; it holds every member's figures, so only who sees all of them may look."""
    one = views.found(request, number)
    held = queries.run(one, turn) if access.sees_whole(request.actor, one) else None
    if held is None:
        raise Http404("没有这一次计算，或您无权查看全部成员的数。")
    return answer(request, "distribution/run.html", _whole(one, held, queries.run(one, turn - 1)), fragment="distribution/_run.html")


def _whole(settlement: Settlement, now: Run, before: Run | None) -> dict[str, Any]:
    steps = list(now.steps.all())
    working = explaining.Working(now, steps)
    found = {"settlement": settlement, "run": now, "steps": [{"title": Part.label(name), "nodes": working.nodes(name)} for name in working.by_name if working.by_name[name]], "empty": [Part.label(name) for name in working.by_name if not working.by_name[name]]}
    if before is None:
        return found
    names = working.names
    shown = [{"whose": names.get(one.member, one.member) or "医共体整体", "name": _named(one.name), "before": explaining.said(one.before), "now": explaining.said(one.now)} for one in differing.inputs(before, now)]
    moved = [{"name": names.get(one.member, one.member), "before": Money(one.before or 0), "now": Money(one.now or 0), "by": Money((one.now or 0) - (one.before or 0))} for one in differing.amounts(list(before.steps.all()), steps)]
    return {**found, "before": before, "inputs": shown, "policies": [explaining.of_policy(now.scheme["sections"][name]["policy_ref"]) if name in now.scheme["sections"] else (name, "") for name in differing.policies(before, now)], "amounts": moved}


def _named(path: str) -> str:
    """`spending.members` and `months#12` in words."""
    name, _, number = path.rpartition(".")[2].partition("#")
    return f"{INPUTS.get(name, name)} {number}".rstrip()
