"""「县外就医」: where the money goes out of the county, by disease and by township, of the year or of one month."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from yilianti import policybook
from yilianti.kernel import falling
from yilianti.kernel.money import Money
from yilianti.kernel.pages import Request, answer, page
from yilianti.policybook import NoPolicyInForce
from yilianti.settlement.budget import keeping
from yilianti.settlement.budget import leakage as leaks_of
from yilianti.settlement.budget.leakage import Leak
from yilianti.settlement.budget.models import Package
from yilianti.settlement.budget.pages import glance, views
from yilianti.settlement.fund.api import percent


@page("budget.view")
def leakage(request: Request, number: str) -> HttpResponse:
    """A fragment of the package's page; by itself a page."""
    one = views.found(request, number)
    month = month_of(request.GET.get("month", ""))
    return answer(request, "budget/leakage.html", {"package": one, **glance.line(one, None), **leaks(one, month), "month": f"{month:%Y-%m}" if month else "", "months": [f"{one.year}-{number:02d}" for number in range(1, 13)]},
                  fragment="budget/_leakage.html")  # fmt: skip


def month_of(text: str) -> date | None:
    """The first day of a month written 2026-10; None for anything else."""
    try:
        return date.fromisoformat(f"{text}-01") if len(text) == 7 else None
    except ValueError:
        return None


def leaks(package: Package, month: date | None) -> dict[str, Any]:
    """Both lists with bars on one scale each."""
    named = diseases(package)
    by_disease, by_township = leaks_of.by_disease(package, month), leaks_of.by_township(package, month)
    for one in by_disease:
        one.name = f"{one.key} {named.get(one.key, '')}".strip() or "没有诊断"
    return {"by_disease": _rows(by_disease), "by_township": _rows(by_township)}


def diseases(package: Package) -> dict[str, str]:
    """Category of diagnoses → a name of it, from the catalogue in force; empty without one."""
    try:
        return _named(policybook.catalogue("catalogues.diagnoses", timezone.localdate(), keeping.scope_of(package.consortium)))
    except NoPolicyInForce:
        return {}


@lru_cache(maxsize=4)
def _named(catalogue: policybook.Catalogue) -> dict[str, str]:
    found: dict[str, str] = {}
    for row in catalogue:
        found.setdefault(row.code[:3].upper(), f"{row.name}等")
    return found


def _rows(listed: list[Leak]) -> list[dict[str, Any]]:
    most = max((one.outside for one in listed), default=0) or 1
    return [{"name": one.name, "outside": Money(one.outside), "share": percent(one.share), "claims": one.claims, "width": max(one.outside * falling.ACROSS // most, 4)} for one in listed]
