"""「清算数据」: facts of members and work between them, told by hand with their documents, for one consortium and year."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from yilianti.kernel.money import Money
from yilianti.kernel.pages import Request, done, numbered, page, whole
from yilianti.kernel.tables.sheets import file
from yilianti.registry.institutions import api as institutions
from yilianti.registry.institutions.api import Consortium
from yilianti.settlement.distribution import access, actions, gathering, queries
from yilianti.settlement.distribution import told as standing
from yilianti.settlement.distribution.models import MemberFact, Work
from yilianti.settlement.distribution.pages import forms
from yilianti.settlement.distribution.terms import Told, WorkKind


def _union(request: Request, code: str, permission: str) -> Consortium:
    """The consortium, or 404 alike for one that is not there and one out of reach."""
    union = institutions.consortium(code)
    if union is None or not access.may(request.actor, permission, union.id, timezone.localdate()):
        raise Http404("没有这个医共体，或您无权查看。")
    return union


def _places(union: Consortium, year: int) -> list[tuple[str, str]]:
    return [(str(one.id), one.name) for one in gathering.members(union, year)]


@page("distribution.view")
def told(request: Request, code: str, year: int) -> HttpResponse:
    """What stands for each member, what was told when, and work."""
    union = _union(request, code, "view")
    return render(request, "distribution/told.html", _whole(request, union, year))


def _whole(request: Request, union: Consortium, year: int) -> dict[str, Any]:
    places, facts = _places(union, year), standing.facts(union.id, year)
    own: dict[int, str] = dict.fromkeys(request.actor.reaches("distribution.view"), "")
    rows = [{"name": name, "cells": [(one.zh, facts.get((int(pk), str(one)))) for one in Told]} for pk, name in places if int(pk) in own]
    whole_score = facts.get((None, str(Told.SCORE)))
    return {"union": union, "year": year, "headings": [one.zh for one in Told], "rows": rows, "score": whole_score, "may_enter": access.may(request.actor, "enter", union.id, timezone.localdate()),
            "facts": [{"one": one, "name": Told.label(one.name)} for one in queries.facts(union.id, year) if one.institution_id is None or one.institution_id in own],
            "work": [{"one": one, "key": str(one.pk), "kind": WorkKind.label(one.kind), "amount": Money(one.fen) if one.fen else "", "form": forms.BecauseForm(auto_id=f"correct_{one.pk}_%s")} for one in queries.work(union.id, year) if one.giver_id in own or one.receiver_id in own],
            "fact_form": forms.FactForm(places=places, auto_id="fact_%s"), "work_form": forms.WorkForm(places=places, auto_id="work_%s", initial={"done_on": min(timezone.localdate(), date(year, 12, 31))}),
            "previous": year - 1, "next": year + 1}  # fmt: skip


@page("distribution.enter", methods=("POST",))
def tell(request: Request, code: str, year: int) -> HttpResponse:
    """「登记」 a fact."""
    union = _union(request, code, "enter")
    form = forms.FactForm(request.POST, request.FILES, places=_places(union, year), auto_id="fact_%s")
    whole(form)
    given = forms.told(form)
    actions.tell(actor=request.actor, consortium=union, year=year, institution=numbered(given.pop("institution")), at=timezone.now(), **given)
    return done(request, _url(union, year), "已登记。")


@page("distribution.enter", methods=("POST",))
def note(request: Request, code: str, year: int) -> HttpResponse:
    """「登记工作量」"""
    union = _union(request, code, "enter")
    given = whole(forms.WorkForm(request.POST, places=_places(union, year), auto_id="work_%s"))
    amount = Money.yuan(given.pop("amount") or 0)
    actions.work(actor=request.actor, consortium=union, at=timezone.now(), amount=amount, giver=int(given.pop("giver")), receiver=numbered(given.pop("receiver")), **given)
    return done(request, _url(union, year), "已登记工作量。")


@page("distribution.enter", methods=("POST",))
def correct(request: Request, work: int) -> HttpResponse:
    """「更正」 a line of work."""
    row = Work.objects.select_related("consortium").filter(pk=work).first()
    if row is None or not access.may(request.actor, "enter", row.consortium_id, timezone.localdate()):
        raise Http404("没有这条工作量记录。")
    cleaned = whole(forms.BecauseForm(request.POST))
    actions.correct_work(actor=request.actor, work_id=work, because=cleaned["because"], at=timezone.now())
    return done(request, _url(row.consortium, row.done_on.year), "已更正；请登记正确的一条。")


@page("distribution.view")
def evidence(request: Request, fact: int) -> HttpResponse:
    """The file given with a fact."""
    one = MemberFact.objects.filter(pk=fact, file__isnull=False).first()
    if one is None or not (one.institution_id in request.actor.reaches("distribution.view") or access.may(request.actor, "enter", one.consortium_id, timezone.localdate())):
        raise Http404("没有这个附件。")
    return file(one.file_name, bytes(one.file or b""), "application/octet-stream")


def _url(union: Consortium, year: int) -> str:
    return reverse("distribution:told", kwargs={"code": union.code, "year": year})
