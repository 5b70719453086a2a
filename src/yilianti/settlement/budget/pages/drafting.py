"""The form of a package's facts, made from the base formula in force: drafted, amended, or revised in force."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms as django_forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from yilianti.kernel.finding import Refused
from yilianti.kernel.money import Money
from yilianti.kernel.pages import Request, done, page
from yilianti.registry.institutions import api as institutions
from yilianti.registry.institutions.api import Consortium
from yilianti.settlement.budget import access, actions, books, keeping, rules
from yilianti.settlement.budget.lifecycle import PACKAGE
from yilianti.settlement.budget.models import Package
from yilianti.settlement.budget.pages import forms, views
from yilianti.settlement.budget.terms import Fund
from yilianti.settlement.fund import api as fund


@page("budget.draft", methods=("GET", "POST"))
def new(request: Request) -> HttpResponse:
    """「起草」: choose consortium, year and fund, then fill in what their formula takes."""
    within = institutions.consortia_with(request.actor.reaches(access.DRAFT))
    unions = [one for one in institutions.consortia() if one.pk in within and keeping.holds_funds(one)]
    given = request.POST if request.method == "POST" else request.GET
    union = next((one for one in unions if one.code == given.get("consortium")), unions[0] if unions else None)
    kind = given.get("fund", "") if given.get("fund") in set(Fund) else Fund.RESIDENT.value
    context: dict[str, Any] = {"unions": unions, "union": union, "kind": kind, "funds": Fund.choices(), "heading": "起草包干总额", "submit": "保存草稿", "year": given.get("year", "") or timezone.localdate().year}
    if union is None:
        return render(request, "budget/form.html", {**context, "silence": "您的岗位所在的机构不属于任何医共体；请先在“机构”里登记成员关系。"})
    try:
        year = books.year_named(str(context["year"]), timezone.localdate())
        context |= {"year": year, **_formula(union, year, Fund(kind))}
    except Refused as silence:
        return render(request, "budget/form.html", {**context, "silence": silence.zh}, status=422 if request.method == "POST" else 200)
    form = _form(context, request, {}, {"document": forms.document()})

    def act(form: forms.FactsForm) -> Package:
        return actions.draft(actor=request.actor, consortium=union.code, year=year, fund=kind, facts=form.facts(), document=form.cleaned_data["document"], at=timezone.now())

    return _answer(request, form, context, act, "已起草，等医保局核定。")


@page("budget.draft", methods=("GET", "POST"))
def amend(request: Request, number: str) -> HttpResponse:
    """「修改」 of a draft."""
    return _change(request, number, "amend", "修改草稿", {"document": forms.document()}, "草稿已改。")


@page("budget.fix", methods=("GET", "POST"))
def revise(request: Request, number: str) -> HttpResponse:
    """「调整」 of a package in force, with its reason and the resolution."""
    also = {"document": forms.document(), "resolution": forms.words("调整依据（文件或决议）", 160), "because": forms.words("调整的原因")}
    return _change(request, number, "revise", "调整总额", also, "总额已调整，各期预付随之重算。")


def _change(request: Request, number: str, verb: str, heading: str, also: Mapping[str, django_forms.Field], told: str) -> HttpResponse:
    package = views.found(request, number)
    access.require(request.actor, verb, package.consortium_id)
    if request.method == "GET" and not PACKAGE.can(verb, package.state):
        raise PACKAGE.refusal(verb, package.state)
    kind = Fund(package.fund)
    context: dict[str, Any] = {"package": package, "union": package.consortium, "year": package.year, "kind": package.fund, "heading": heading, "submit": heading, "before": Money(package.fen),
                               **_formula(package.consortium, package.year, kind)}  # fmt: skip
    form = _form(context, request, package.facts, {**also, "version": django_forms.IntegerField(widget=django_forms.HiddenInput)}, {"document": package.document, "version": package.version})

    def act(form: forms.FactsForm) -> Package:
        more = {name: form.cleaned_data[name] for name in (*also, "version")}
        return getattr(actions, verb)(actor=request.actor, number=number, facts=form.facts(), at=timezone.now(), **more)

    return _answer(request, form, context, act, told)


def _formula(union: Consortium, year: int, kind: Fund) -> dict[str, Any]:
    """What the place reckons from: the needs of its formula, its name, its policy and what the edition says of it."""
    scope = keeping.scope_of(union)
    if kind is Fund.PUBLIC_HEALTH:
        standard, ref = fund.per_head_public_health(scope, year)
        return {"needs": (books.PERSONS,), "formula": f"人数 × 人均补助标准 {Money(standard)} 元", "ref": ref}
    rule = fund.base_rule(scope, rules.day_of(year))
    return {"needs": books.needs(rule), "formula": rule.base.zh, "ref": rule.policy_ref, "says": rule.says, "two_readings": rule.base in (fund.Base.REMAINDER, fund.Base.DEDUCTION), "share": fund.percent(rule.share)}


def _form(context: Mapping[str, Any], request: Request, facts: Mapping[str, Any], also: Mapping[str, django_forms.Field], initial: Mapping[str, Any] | None = None) -> forms.FactsForm:
    form = forms.FactsForm(context["needs"], context["year"], request.POST if request.method == "POST" else None, also=also)
    form.initial = {**forms.begun(facts, form), **(initial or {})}
    return form


def _answer(request: Request, form: forms.FactsForm, context: Mapping[str, Any], act: Callable[[forms.FactsForm], Package], told: str) -> HttpResponse:
    """Carry it out, or show the form again with what was typed and the refusal beside its field."""
    if request.method == "POST" and form.is_valid():
        try:
            package = act(form)
        except Refused as refusal:
            form.blame(refusal)
        else:
            return done(request, reverse("budget:package", kwargs={"number": package.number}), f"{package.number}：总额 {Money(package.fen)} 元，{told}")
    figures = [form[name] for name in form.facts_named]
    rest = [form[name] for name in form.fields if name not in form.facts_named]
    return render(request, "budget/form.html", {**context, "form": form, "figures": figures, "rest": rest}, status=422 if form.errors else 200)
