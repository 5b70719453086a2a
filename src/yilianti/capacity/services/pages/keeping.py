"""Keeping the directory."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from yilianti.capacity.services import access, actions
from yilianti.capacity.services.models import HealthcareService
from yilianti.capacity.services.pages import forms
from yilianti.capacity.services.pages.views import found_or_404
from yilianti.kernel.finding import Refused
from yilianti.kernel.pages import Request, blame, done, page, whole
from yilianti.registry.institutions import api as institutions
from yilianti.registry.people import api as people


def _home(institution: int) -> str:
    return reverse("services:of_institution", kwargs={"institution": institution})


@page(access.KEEP, methods=("GET", "POST"))
def offer(request: Request, institution: int) -> HttpResponse:
    """「登记服务」"""
    if institutions.get(institution) is None:
        raise Http404("没有这家机构。")
    return _written(request, institution, None)


@page(access.KEEP, methods=("GET", "POST"))
def amend(request: Request, service: int) -> HttpResponse:
    """「修改服务」"""
    row = found_or_404(service)
    return _written(request, row.institution_id, row)


def _written(request: Request, institution: int, row: HealthcareService | None) -> HttpResponse:
    request.actor.require(access.KEEP, institution)
    doctors = [(person.pk, person.name) for person in people.staff_of(institution, timezone.localdate())]
    form = forms.ServiceForm(request.POST or None, institution=institution, doctors=doctors, initial=forms.ServiceForm.of(row) if row else None)
    if request.method == "POST" and form.is_valid():
        try:
            if row is None:
                row = actions.offer(actor=request.actor, institution=institution, told=form.told(), at=timezone.now())
            else:
                version = form.cleaned_data["version"] or 0
                actions.amend(actor=request.actor, service=row.pk, told=form.told(), version=version, at=timezone.now())
        except Refused as refusal:
            blame(form, refusal)
        else:
            return done(request, reverse("services:detail", kwargs={"service": row.pk}), f"已保存“{row.name}”。")
    context = {"form": form, "service": row, "cancel": _home(institution), "heading": "修改服务" if row else "登记服务"}
    return render(request, "services/form.html", context, status=422 if form.errors else 200)


@page(access.KEEP, methods=("POST",))
def withdraw(request: Request, service: int) -> HttpResponse:
    """「停止服务」"""
    said = whole(forms.BecauseForm(request.POST))
    row = actions.withdraw(actor=request.actor, service=service, because=said["because"], at=timezone.now())
    return done(request, _home(row.institution_id), f"“{row.name}”已停止；发往它的转诊不受影响。")


@page(access.KEEP, methods=("POST",))
def note_capability(request: Request, institution: int) -> HttpResponse:
    """「登记能力」"""
    said = whole(forms.CapabilityForm(request.POST))
    row = actions.note_capability(actor=request.actor, institution=institution, at=timezone.now(), **said)
    return done(request, _home(institution), f"已登记“{row.name}”。")


@page(access.KEEP, methods=("POST",))
def end_capability(request: Request, capability: int) -> HttpResponse:
    """「撤销能力」"""
    row = actions.end_capability(actor=request.actor, capability=capability, at=timezone.now())
    return done(request, _home(row.institution_id), f"“{row.name}”已撤销。")


@page(access.MEASURE, methods=("POST",))
def note_travel(request: Request, institution: int) -> HttpResponse:
    """「登记路程」"""
    if institutions.get(institution) is None:
        raise Http404("没有这家机构。")
    said = whole(forms.TravelForm(request.POST, institution=institution))
    actions.note_travel(actor=request.actor, from_institution=institution, at=timezone.now(), **said)
    return done(request, _home(institution), "路程已登记。")


@page(access.MEASURE, methods=("POST",))
def forget_travel(request: Request, travel: int) -> HttpResponse:
    """「撤销路程」"""
    row = actions.forget_travel(actor=request.actor, travel=travel, at=timezone.now())
    return done(request, _home(row.from_institution_id), f"到{row.to_institution.short_name}的路程已撤销。")
