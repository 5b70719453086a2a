"""Consortia: all of them, and one with its tree, its centres and its closeness as of a chosen day."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from yilianti.kernel.finding import Refused
from yilianti.kernel.pages import Request, blame, done, page, whole
from yilianti.registry.institutions import actions, consortia
from yilianti.registry.institutions.models import Consortium
from yilianti.registry.institutions.pages import forms
from yilianti.registry.institutions.terms import CentreKind, ConsortiumModel, Level, MemberRole, Tightness

SHAPE = "institutions.shape"


def address(code: str) -> str:
    return reverse("institutions:consortium", kwargs={"code": code})


def found_or_404(code: str) -> Consortium:
    found = consortia.consortium(code)
    if found is None:
        raise Http404("没有这个医联体")
    return found


def shaped_or_404(request: Request, code: str) -> Consortium:
    """One that the actor may change: at least one of its members lies within reach."""
    found = found_or_404(code)
    if not _may_shape(request, found, timezone.localdate()):
        raise Http404("没有这个医联体，或不归您管理。")
    return found


def _may_shape(request: Request, consortium: Consortium, day: date) -> bool:
    members = consortia.member_ids(consortium, day)
    return request.actor.may(SHAPE) and (not members or bool(members & request.actor.reaches(SHAPE)))


@page("institutions.view")
def overview(request: Request) -> HttpResponse:
    """「医联体」"""
    rows = [{"consortium": one, "model": ConsortiumModel.label(one.model), "tightness": Tightness.label(tight), "lead": lead, "members": count}
            for one, tight, lead, count in consortia.overview(timezone.localdate())]  # fmt: skip
    return render(request, "institutions/consortia.html", {"rows": rows, "manages": request.actor.may("institutions.manage")})


@page("institutions.view")
def detail(request: Request, code: str) -> HttpResponse:
    """One consortium on a day: today, or any other."""
    found, today = found_or_404(code), timezone.localdate()
    form = forms.DayForm(request.GET)
    day = (form.cleaned_data.get("day") if form.is_valid() else None) or today
    branches = consortia.tree_of(found, day)
    bound = consortia.binding_of(found, day)
    shapes = day == today and _may_shape(request, found, today)
    return render(request, "institutions/consortium.html", {
        "consortium": found, "model": ConsortiumModel.label(found.model), "day": day, "is_today": day == today, "form": forms.DayForm({"day": day}),
        "branches": [(b, "　" * b.depth, MemberRole.label(b.role), Level.label(b.institution.level)) for b in branches],
        "tightness": Tightness.label(bound.tightness) if bound else "", "bound": bound,
        "bindings": [(b, Tightness.label(b.tightness)) for b in consortia.bindings_of(found)],
        "centres": [(c, CentreKind.label(c.kind), forms.CloseCentreForm(auto_id=f"close_{c.id}_%s")) for c in consortia.centres_of(found, day)],
        "shapes": shapes, "bind_form": forms.BindForm(auto_id="bind_%s"),
        "centre_form": forms.CentreForm(hosts=[(b.institution.id, b.institution.name) for b in branches], auto_id="centre_%s"),
    })  # fmt: skip


@page("institutions.manage", methods=("GET", "POST"))
def found_consortium(request: Request) -> HttpResponse:
    """「建立医联体」"""
    form = forms.ConsortiumForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.found_consortium(actor=request.actor, at=timezone.now(), **form.cleaned_data)
        except Refused as refusal:
            blame(form, refusal)
        else:
            return done(request, address(made.code), f"已建立{made.name}。请到各机构的页面登记成员，先登记牵头医院。")
    return render(request, "institutions/form.html", {"form": form, "heading": "建立医联体", "submit": "建立"}, status=422 if form.errors else 200)


@page(SHAPE, methods=("POST",))
def bind(request: Request, code: str) -> HttpResponse:
    """「登记紧密程度」"""
    found = shaped_or_404(request, code)
    actions.bind(actor=request.actor, consortium=found.code, at=timezone.now(), **whole(forms.BindForm(request.POST)))
    return done(request, address(code), "已登记。")


@page(SHAPE, methods=("POST",))
def open_centre(request: Request, code: str) -> HttpResponse:
    """「设立中心」"""
    found = shaped_or_404(request, code)
    hosts = [(b.institution.id, b.institution.name) for b in consortia.tree_of(found, timezone.localdate())]
    said = whole(forms.CentreForm(request.POST, hosts=hosts))
    made = actions.open_centre(actor=request.actor, consortium=found.code, at=timezone.now(), **said)
    return done(request, address(code), f"已设立{CentreKind.label(made.kind)}{'分中心' if made.main_id else ''}。")


@page(SHAPE, methods=("POST",))
def close_centre(request: Request, centre: int) -> HttpResponse:
    """「撤销中心」"""
    said = whole(forms.CloseCentreForm(request.POST))
    closed = actions.close_centre(actor=request.actor, centre_id=centre, at=timezone.now(), **said)
    return done(request, address(closed.consortium.code), f"{CentreKind.label(closed.kind)}自 {closed.until_on} 起撤销。")
