"""Senders the directory does not know: an administrator says who they are."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from yilianti.kernel.finding import Refused
from yilianti.kernel.pages import Request, blame, done, page, whole
from yilianti.registry.institutions import actions, queries
from yilianti.registry.institutions.pages import forms
from yilianti.registry.institutions.pages.keeping import MANAGE, address
from yilianti.registry.institutions.pages.showing import found_or_404


@page(MANAGE)
def provisional(request: Request) -> HttpResponse:
    """「待确认机构」"""
    rows = [(row, forms.MergeForm(auto_id=f"merge_{row.id}_%s")) for row in queries.awaiting()]
    return render(request, "institutions/provisional.html", {"rows": rows})


@page(MANAGE, methods=("GET", "POST"))
def confirm(request: Request, institution: int) -> HttpResponse:
    """「确认为新机构」"""
    found = found_or_404(institution)
    form = forms.ParticularsForm(request.POST or None, besides=found.id, initial={"name": found.name, "short_name": found.short_name, "region": found.region})
    if request.method == "POST" and form.is_valid():
        try:
            actions.confirm(actor=request.actor, institution_id=found.id, particulars=form.particulars(), at=timezone.now())
        except Refused as refusal:
            blame(form, refusal)
        else:
            return done(request, address(found.id), f"{form.cleaned_data['name']}已确认在册，此前收到的消息都归它。")
    codes = "、".join(code.value for code in found.facility_codes.all())
    context = {"form": form, "heading": f"确认机构：{codes or found.name}", "submit": "确认在册", "institution": found}
    return render(request, "institutions/form.html", context, status=422 if form.errors else 200)


@page(MANAGE, methods=("POST",))
def merge_into(request: Request, institution: int) -> HttpResponse:
    """「并入已有机构」"""
    said = whole(forms.MergeForm(request.POST, besides=institution))
    target = actions.merge_into(actor=request.actor, institution_id=institution, target_id=said["target"], at=timezone.now())
    return done(request, reverse("institutions:provisional"), f"已并入{target.name}；以后的消息直接归它，此前的记录由它查看。")


@page(MANAGE, methods=("POST",))
def name_facility(request: Request, institution: int) -> HttpResponse:
    """「添加接口代码」"""
    said = whole(forms.FacilityForm(request.POST))
    actions.name_facility(actor=request.actor, institution_id=institution, system="hl7v2", value=said["value"], at=timezone.now())
    return done(request, address(institution), f"接口代码 {said['value']} 已登记，该系统发来的消息可以接收了。")
