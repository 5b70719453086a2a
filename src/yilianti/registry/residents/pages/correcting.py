"""Correcting a resident's particulars, adding a number, taking a merge back."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from yilianti.kernel.finding import Refused
from yilianti.kernel.pages import Request, blame, done, looked_at, page, whole
from yilianti.registry.residents import actions, queries
from yilianti.registry.residents.models import Resident
from yilianti.registry.residents.pages import forms
from yilianti.registry.residents.pages.showing import in_view
from yilianti.registry.residents.terms import IdentifierGiven


def _address(number: str) -> str:
    return reverse("residents:detail", kwargs={"number": number})


def _form(request: Request, resident: Resident) -> forms.AmendForm:
    homes = forms.homes(request.actor.reaches("residents.amend"), resident.home_id)
    initial = {name: getattr(resident, name) for name in ("name", "sex", "born_on", "phone", "address", "household", "version")} | {"home": resident.home_id}
    return forms.AmendForm(request.POST or None, homes=homes, initial=initial)


@page("residents.amend", methods=("GET", "POST"))
def amend(request: Request, number: str) -> HttpResponse:
    """「更正资料」"""
    resident = in_view(request, number, "residents.amend")
    looked_at(request, resident.id, "更正居民资料")
    form = _form(request, resident)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            actions.amend(actor=request.actor, resident_id=resident.id, version=said["version"], demographics=form.demographics(),
                          because=said["because"], at=timezone.now())  # fmt: skip
        except Refused as refusal:
            blame(form, refusal)
        else:
            return done(request, _address(resident.number), "资料已更正，原资料留存在历史中。")
    context = {"form": form, "resident": resident, "banner": queries.banner(resident, timezone.localdate())}
    return render(request, "residents/amend.html", context, status=422 if form.errors else 200)


@page("residents.amend", methods=("POST",))
def add_identifier(request: Request, number: str) -> HttpResponse:
    """「添加号码」"""
    resident = in_view(request, number, "residents.amend")
    actor, said = request.actor, whole(forms.IdentifierForm(request.POST))
    actions.add_identifier(actor=actor, resident_id=resident.id, given=IdentifierGiven(said["system"], said["value"], actor.institution or 0), at=timezone.now())
    return done(request, _address(resident.number), "号码已添加。")


@page("residents.amend", methods=("POST",))
def choose_texts(request: Request, number: str) -> HttpResponse:
    """「不收短信」「愿收短信」"""
    resident = in_view(request, number, "residents.amend")
    kept = actions.choose_texts(actor=request.actor, resident_id=resident.id, refused=request.POST.get("refused") == "yes", at=timezone.now())
    return done(request, _address(resident.number), "已记下：不再发短信，请当面告知。" if kept.texts_refused_at else "已记下：可以发短信。")


@page("residents.link", methods=("POST",))
def unmerge(request: Request, number: str) -> HttpResponse:
    """「拆分」: `number` is the one that was merged away."""
    apart = queries.by_number(number)
    if apart is None:
        raise Refused("unknown_resident", "没有这位居民；请重新查找。", field="number")
    said = whole(forms.UnmergeForm(request.POST))
    actions.unmerge(actor=request.actor, resident_id=apart.id, because=said["because"], at=timezone.now())
    return done(request, reverse("residents:duplicates"), f"已拆分，{apart.number} 恢复为独立档案，各自的记录都在。")
