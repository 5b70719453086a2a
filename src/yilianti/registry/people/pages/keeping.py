"""Registering and amending staff, giving and ending posts, noting licences."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from yilianti.kernel.finding import Refused
from yilianti.kernel.pages import Request, blame, done, numbered, page, whole
from yilianti.registry.people import actions
from yilianti.registry.people.pages import forms
from yilianti.registry.people.pages.showing import in_view

MANAGE = "people.manage"


def _address(number: str) -> str:
    return reverse("people:detail", kwargs={"number": number})


@page(MANAGE, methods=("GET", "POST"))
def register(request: Request) -> HttpResponse:
    """「登记人员」"""
    form = forms.RegisterForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.register(actor=request.actor, at=timezone.now(), **form.cleaned_data)
        except Refused as refusal:
            blame(form, refusal)
        else:
            return done(request, _address(made.number), f"已登记{made.name}。请接着任命岗位，并在“权限”中开通账号。")
    return render(request, "people/form.html", {"form": form, "heading": "登记人员", "submit": "登记"}, status=422 if form.errors else 200)


@page(MANAGE, methods=("GET", "POST"))
def amend(request: Request, number: str) -> HttpResponse:
    """「修改人员」"""
    person = in_view(request, number)
    initial = {name: getattr(person, name) for name in ("name", "title", "phone", "is_active")}
    form = forms.AmendForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.amend(actor=request.actor, person_id=person.id, at=timezone.now(), **form.cleaned_data)
        except Refused as refusal:
            blame(form, refusal)
        else:
            return done(request, _address(number), "已保存。")
    return render(request, "people/form.html", {"form": form, "heading": f"修改{person.name}", "submit": "保存", "person": person}, status=422 if form.errors else 200)


@page(MANAGE, methods=("POST",))
def give_post(request: Request, number: str) -> HttpResponse:
    """「任命岗位」"""
    actor, person = request.actor, in_view(request, number)
    chosen = numbered(request.POST.get("institution_id", ""))
    form = forms.PostForm(request.POST, reach=actor.reaches(MANAGE), institution=chosen)
    made = actions.give_post(actor=actor, person_id=person.id, at=timezone.now(), **whole(form))
    return done(request, _address(number), f"已任命为{made.name}；权限请在“权限”中授予。")


@page(MANAGE, methods=("POST",))
def end_post(request: Request, post: int) -> HttpResponse:
    """「结束岗位」"""
    said = whole(forms.EndForm(request.POST))
    ended = actions.end_post(actor=request.actor, post_id=post, at=timezone.now(), **said)
    return done(request, _address(ended.person.number), f"自 {ended.until_on} 起不再任{ended.name}。")


@page(MANAGE, methods=("POST",))
def add_licence(request: Request, number: str) -> HttpResponse:
    """「登记执业证」"""
    person = in_view(request, number)
    actions.add_licence(actor=request.actor, person_id=person.id, at=timezone.now(), **whole(forms.LicenceForm(request.POST)))
    return done(request, _address(number), "执业证已登记。")


@page(MANAGE)
def departments(request: Request) -> HttpResponse:
    """The departments of the institution just chosen, as a field."""
    chosen = numbered(request.GET.get("institution_id", ""))
    reach = request.actor.reaches(MANAGE)
    form = forms.PostForm(reach=reach, institution=chosen if chosen in reach else None, auto_id="post_%s")
    return render(request, "people/_department.html", {"form": form})
