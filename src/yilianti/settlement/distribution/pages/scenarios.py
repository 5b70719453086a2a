"""「政策模拟」: scenarios of settled years, each beside the year as it was; up to three beside each other; two years."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from yilianti.kernel.finding import Refused
from yilianti.kernel.pages import Request, done, page, whole
from yilianti.kernel.tables.sheets import sheet
from yilianti.settlement.distribution import actions, queries, supposed
from yilianti.settlement.distribution.models import Run, Scenario, Settlement
from yilianti.settlement.distribution.pages import beside, scenario_form
from yilianti.settlement.distribution.pages.scenario_form import ScenarioForm
from yilianti.settlement.distribution.simulating import compared

MOST = 3


@page("distribution.simulate")
def listing(request: Request) -> HttpResponse:
    """Scenarios that were kept, and the years one may start from."""
    text, archived = request.GET.get("text", "").strip()[:60], request.GET.get("archived") == "1"
    today = timezone.localdate()
    held, years = queries.scenarios(request.actor, today, text=text, archived=archived), queries.simulable(request.actor, today)
    return render(request, "distribution/scenarios.html", {"lines": [beside.line(one) for one in held], "years": years, "text": text, "archived": archived, "most": MOST})


@page("distribution.simulate")
def new(request: Request) -> HttpResponse:
    """The form over a settled year, empty or filled from a scenario that was kept."""
    if not request.GET.get("settlement"):
        return redirect("distribution:scenarios")
    run = _run(_settlement(request, request.GET["settlement"]))
    like = queries.scenario(request.actor, request.GET.get("like", ""), timezone.localdate())
    initial = scenario_form.initial(like.changes, like.assumptions) if like else {}
    form = ScenarioForm(run=run, initial={"name": f"{like.name}（改）"[:60] if like else "", **initial})
    return render(request, "distribution/scenario_new.html", {"form": form, "settlement": run.settlement, "run": run, "like": like})


@page("distribution.simulate", methods=("POST",))
def keep(request: Request, number: str) -> HttpResponse:
    """「计算并保存」"""
    run = _run(_settlement(request, number))
    cleaned = whole(ScenarioForm(request.POST, run=run))
    changes, assumed = scenario_form.filled(cleaned)
    try:
        kept = actions.keep(actor=request.actor, number=number, name=cleaned["name"], changes=changes, assumed=assumed, at=timezone.now())
    except Refused as refusal:
        raise scenario_form.in_words(refusal, run) from None
    return done(request, reverse("distribution:scenario", kwargs={"number": kept.number}), f"{kept.number}：已计算并保存。")


@page("distribution.simulate")
def detail(request: Request, number: str) -> HttpResponse:
    """A scenario beside the year as it was."""
    one = found(request, number)
    return render(request, "distribution/scenario.html", {**beside.whole(one), "others": [each for each in queries.scenarios(request.actor, timezone.localdate()) if each.pk != one.pk and each.settlement_id == one.settlement_id]})


@page("distribution.simulate")
def export(request: Request, number: str) -> HttpResponse:
    """The same as a sheet."""
    one = found(request, number)
    return sheet(f"模拟-{one.name}-{one.number}.xlsx", beside.sheet_rows(one))


@page("distribution.simulate", methods=("POST",))
def archive(request: Request, number: str) -> HttpResponse:
    """「归档」"""
    found(request, number)
    actions.archive(actor=request.actor, number=number, at=timezone.now())
    return done(request, reverse("distribution:scenarios"), f"{number}：已归档。")


@page("distribution.simulate")
def compare(request: Request) -> HttpResponse:
    """Up to three scenarios of one year beside the year as it was."""
    numbers = list(dict.fromkeys(request.GET.getlist("s")))
    chosen = [found(request, one) for one in numbers[:MOST]]
    return render(request, "distribution/scenarios_compared.html", {**beside.compared(chosen), "too_many": len(numbers) > MOST})


@page("distribution.simulate")
def years(request: Request) -> HttpResponse:
    """Why one year differs from another, in three parts."""
    settled = queries.simulable(request.actor, timezone.localdate())
    chosen = [_settlement(request, request.GET[side]) if request.GET.get(side) else None for side in ("first", "second")]
    first, second = chosen
    answer: dict[str, Any] = {}
    if first is not None and second is not None:
        answer = beside.shown(compared.beside(supposed.base(_run(first)), supposed.base(_run(second))).plain(), {}, (f"{first.year} 年", f"{second.year} 年"))
    return render(request, "distribution/years_compared.html", {"settled": settled, "first": first, "second": second, **answer})


def found(request: Request, number: str) -> Scenario:
    one = queries.scenario(request.actor, number, timezone.localdate())
    if one is None:
        raise Http404("没有这个方案，或您无权查看。")
    return one


def _settlement(request: Request, number: str) -> Settlement:
    """A settlement that this post may simulate, or 404 alike for one that is not there."""
    one = next((one for one in queries.simulable(request.actor, timezone.localdate()) if one.number == number), None)
    if one is None:
        raise Http404("没有这次清算，或您无权模拟。")
    return one


def _run(settlement: Settlement) -> Run:
    run = queries.latest_run(settlement)
    if run is None:
        raise Http404("这次清算还没有算过。")
    return run
