"""Registering, amending, closing; departments and memberships."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from yilianti.kernel.finding import Refused
from yilianti.kernel.pages import Request, blame, done, numbered, page, whole
from yilianti.registry.institutions import actions
from yilianti.registry.institutions.actions.recording import permitted
from yilianti.registry.institutions.pages import forms
from yilianti.registry.institutions.pages.showing import found_or_404

MANAGE = "institutions.manage"


def address(institution: int) -> str:
    return reverse("institutions:detail", kwargs={"institution": institution})


@page(MANAGE, methods=("GET", "POST"))
def register(request: Request) -> HttpResponse:
    """「登记机构」"""
    form = forms.ParticularsForm(request.POST or None, initial={"parent": numbered(request.GET.get("parent", ""))})
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.register(actor=request.actor, particulars=form.particulars(), at=timezone.now())
        except Refused as refusal:
            blame(form, refusal)
        else:
            return done(request, address(made.id), f"已登记{made.name}。请接着登记它所属的医联体和科室。")
    return render(request, "institutions/form.html", {"form": form, "heading": "登记机构", "submit": "登记"}, status=422 if form.errors else 200)


@page(MANAGE, methods=("GET", "POST"))
def amend(request: Request, institution: int) -> HttpResponse:
    """「修改机构」"""
    found = found_or_404(institution)
    permitted(request.actor, found, at=timezone.now())
    form = forms.ParticularsForm(request.POST or None, besides=found.id, initial=forms.ParticularsForm.of(found))
    if request.method == "POST" and form.is_valid():
        try:
            actions.amend(actor=request.actor, institution_id=found.id, particulars=form.particulars(), at=timezone.now())
        except Refused as refusal:
            blame(form, refusal)
        else:
            return done(request, address(found.id), "已保存。")
    context = {"form": form, "heading": f"修改{found.short_name}", "submit": "保存", "institution": found}
    return render(request, "institutions/form.html", context, status=422 if form.errors else 200)


@page(MANAGE, methods=("POST",))
def close(request: Request, institution: int) -> HttpResponse:
    """「停用」"""
    said = whole(forms.CloseForm(request.POST))
    closed = actions.close(actor=request.actor, institution_id=institution, because=said["because"], at=timezone.now())
    return done(request, address(closed.id), f"{closed.short_name}已停用；其记录仍可查阅。")


@page(MANAGE, methods=("POST",))
def add_department(request: Request, institution: int) -> HttpResponse:
    """「添加科室」"""
    said = whole(forms.DepartmentForm(request.POST))
    made = actions.add_department(actor=request.actor, institution_id=institution, at=timezone.now(), **said)
    return done(request, address(institution), f"已添加{made.name}。")


@page(MANAGE, methods=("POST",))
def close_department(request: Request, department: int) -> HttpResponse:
    """「停用科室」"""
    closed = actions.close_department(actor=request.actor, department_id=department, at=timezone.now())
    return done(request, address(closed.institution_id), f"{closed.name}已停用。")


@page(MANAGE, methods=("POST",))
def open_membership(request: Request, institution: int) -> HttpResponse:
    """「加入医联体」"""
    said = whole(forms.MembershipForm(request.POST))
    actions.open_membership(actor=request.actor, institution_id=institution, at=timezone.now(), **said)
    return done(request, address(institution), "已加入。")


@page(MANAGE, methods=("POST",))
def end_membership(request: Request, membership: int) -> HttpResponse:
    """「结束成员关系」"""
    said = whole(forms.EndForm(request.POST))
    ended = actions.end_membership(actor=request.actor, membership_id=membership, at=timezone.now(), **said)
    return done(request, address(ended.institution_id), f"自 {ended.until_on} 起不再是成员。")
