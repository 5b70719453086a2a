"""佐证: the three integrations of a consortium in a year."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from yilianti.kernel.pages import Request, done, page, whole
from yilianti.registry.governance import access, actions, evidence
from yilianti.registry.governance.pages import forms
from yilianti.registry.governance.pages.overview import kept_or_404, visible_or_404


def _form(of: Any, criteria: list[evidence.Criterion], data: Any = None) -> forms.EvidenceForm:
    return forms.EvidenceForm(data, criteria=[(c.code, f"{c.number} {c.name}") for c in criteria], papers=evidence.papers(of), auto_id="evidence_%s")


def _year(year: int) -> int:
    if not 2000 <= year <= timezone.localdate().year:
        raise Http404("没有这一年")
    return year


@page("governance.view")
def collected(request: Request, code: str, year: int) -> HttpResponse:
    """What is there and what is missing."""
    found, today = visible_or_404(request, code), timezone.localdate()
    policy, criteria = evidence.collected(found, _year(year), today, opens_members=request.actor.may("institutions.view"))
    keeps = access.may_manage(request.actor, found, today)
    return render(request, "governance/evidence.html", {
        "consortium": found, "year": year, "criteria": criteria, "policy": policy, "keeps": keeps, "missing": sum(c.missing for c in criteria),
        "years": [{"label": f"{y} 年", "url": reverse("governance:evidence", kwargs={"code": code, "year": y}), "active": y == year} for y in range(today.year, today.year - 3, -1)],
        "form": _form(found, criteria) if keeps else None,
    })  # fmt: skip


@page("governance.manage", methods=("POST",))
def link_evidence(request: Request, code: str, year: int) -> HttpResponse:
    """「关联佐证」"""
    found = kept_or_404(request, code)
    _, criteria = evidence.collected(found, _year(year), timezone.localdate())
    said = whole(_form(found, criteria, request.POST))
    actions.link_evidence(actor=request.actor, consortium=code, year=year, at=timezone.now(), **said)
    return done(request, reverse("governance:evidence", kwargs={"code": code, "year": year}), "已关联。")


@page("governance.manage", methods=("POST",))
def remove_evidence(request: Request, evidence: int) -> HttpResponse:
    """「撤下」"""
    removed = actions.remove_evidence(actor=request.actor, evidence_id=evidence, at=timezone.now())
    return done(request, reverse("governance:evidence", kwargs={"code": removed.consortium.code, "year": removed.year}), "已撤下。")
