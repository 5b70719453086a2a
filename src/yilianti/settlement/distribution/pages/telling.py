"""「清算数据」: facts of members and work between them, told by hand with their documents, for one consortium and year."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from yilianti.kernel.finding import Refused
from yilianti.kernel.money import Money
from yilianti.kernel.pages import Request, done, numbered, page, whole
from yilianti.kernel.tables.sheets import file
from yilianti.registry.institutions import api as institutions
from yilianti.registry.institutions.api import Consortium
from yilianti.settlement.distribution import access, actions, explaining, gathering, queries
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
    return [(str(one.id), one.name) for one in gathering.everybody(union, year)]


@page("distribution.view")
def told(request: Request, code: str, year: int) -> HttpResponse:
    """What stands for each member and what is lacking, work a page at a time."""
    union = _union(request, code, "view")
    return render(request, "distribution/told.html", _whole(request, union, year))


def _whole(request: Request, union: Consortium, year: int) -> dict[str, Any]:
    members, facts, own = gathering.everybody(union, year), standing.facts(union.id, year), set(request.actor.reaches("distribution.view"))
    asked = {key: value for key in ("text", "lacks") if (value := request.GET.get(key, "").strip()[:40])}
    listed = [one for one in members if one.id in own and asked.get("text", "") in f"{one.name}{one.short_name}{one.code}" and (asked.get("lacks", "") not in list(Told) or (one.id, asked["lacks"]) not in facts)]
    may_enter, places = access.may(request.actor, "enter", union.id, timezone.localdate()), [(str(one.id), one.name) for one in members]
    work = queries.work(union.id, year, own, numbered(request.GET.get("before", "")))
    return {"union": union, "year": year, "headings": [{"name": one.zh, "key": str(one), "told": sum((one_of.id, str(one)) in facts for one_of in members if one_of.id in own)} for one in Told], "many": sum(one.id in own for one in members), "said": asked,
            "rows": [{"one": one, "cells": [_cell(name, facts.get((one.id, str(name)))) for name in Told]} for one in listed], "score": facts.get((None, str(Told.SCORE))), "may_enter": may_enter,
            "latest": [{"one": one, "name": Told.label(one.name), "text": explaining.said(one.value)[0]} for one in queries.latest_facts(union.id, year, own)],
            "work": [_work(one) for one in work.rows], "next_url": f"?{urlencode({'before': work.next_key})}#work" if work.next_key else "", "previous": year - 1, "next": year + 1,
            **({"fact_form": forms.FactForm(places=places, auto_id="fact_%s"), "work_form": forms.WorkForm(places=places, auto_id="work_%s", initial={"done_on": min(timezone.localdate(), date(year, 12, 31))})} if may_enter else {})}  # fmt: skip


def _cell(name: Told, fact: MemberFact | None) -> dict[str, Any]:
    return {"label": name.zh, "fact": fact, "text": explaining.said(fact.value)[0] if fact else ""}


def _work(one: Work) -> dict[str, Any]:
    return {"one": one, "key": str(one.pk), "kind": WorkKind.label(one.kind), "amount": Money(one.fen) if one.fen else "", "form": forms.BecauseForm(auto_id=f"correct_{one.pk}_%s")}


@page("distribution.view")
def member(request: Request, code: str, year: int, institution: int) -> HttpResponse:
    """Everything told of one member in that year with its documents, the newest first, and the member's work."""
    union = _union(request, code, "view")
    one = next((each for each in gathering.everybody(union, year) if each.id == institution and each.id in request.actor.reaches("distribution.view")), None)
    if one is None:
        raise Http404("没有这家成员机构，或您无权查看。")
    stands = {fact.pk for fact in standing.facts(union.id, year).values()}
    may_enter = access.may(request.actor, "enter", union.id, timezone.localdate())
    facts = [{"one": fact, "key": str(fact.pk), "name": Told.label(fact.name), "text": explaining.said(fact.value)[0], "stands": fact.pk in stands, "form": forms.BecauseForm(auto_id=f"take_back_{fact.pk}_%s")} for fact in queries.facts(union.id, year, one.id)]
    work = queries.work(union.id, year, {one.id}, numbered(request.GET.get("before", "")))
    return render(request, "distribution/member.html", {
        "union": union, "year": year, "member": one, "facts": facts, "work": [_work(each) for each in work.rows], "next_url": f"?{urlencode({'before': work.next_key})}#work" if work.next_key else "", "may_enter": may_enter,
        "fact_form": forms.FactForm(places=[(str(one.id), one.name)], auto_id="fact_%s", initial={"institution": str(one.id)})})  # fmt: skip


@page("distribution.enter", methods=("POST",))
def take_back(request: Request, fact: int) -> HttpResponse:
    """「撤回」 a fact: what stood before stands again."""
    one = MemberFact.objects.defer("file").select_related("consortium").filter(pk=fact).first()
    if one is None or not access.may(request.actor, "enter", one.consortium_id, timezone.localdate()):
        raise Http404("没有这条数据。")
    cleaned = whole(forms.BecauseForm(request.POST))
    if actions.take_back(actor=request.actor, fact=fact, because=cleaned["because"], at=timezone.now()) is None:
        raise Refused("changed_meanwhile", "这一条已经不是现在的数据：后来又登记或撤回过；请刷新页面。", "It no longer stands.")
    return done(request, _url(one.consortium, one.year), "已撤回。")


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
