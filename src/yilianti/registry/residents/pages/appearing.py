"""Newborns under their mother, people nobody knows, and their later names."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from yilianti.kernel.finding import Refused
from yilianti.kernel.pages import Request, blame, done, looked_at, page, whole
from yilianti.registry.residents import access, actions, links, queries
from yilianti.registry.residents.pages import forms
from yilianti.registry.residents.pages.showing import in_view


def _address(number: str) -> str:
    return reverse("residents:detail", kwargs={"number": number})


@page("residents.register", methods=("GET", "POST"))
def newborn(request: Request, number: str) -> HttpResponse:
    """「登记新生儿」: of this mother."""
    mother = in_view(request, number, "residents.register")
    looked_at(request, mother.id, "登记新生儿")
    form = forms.NewbornForm(request.POST or None, initial={"place_in_order": 1, "of_how_many": 1, "sex": "0"})
    if request.method == "POST" and form.is_valid():
        try:
            child = actions.born(actor=request.actor, mother_id=mother.id, delivery=actions.Delivery(**form.cleaned_data), at=timezone.now())
        except Refused as refusal:
            blame(form, refusal)
        else:
            return done(request, _address(child.number), f"已登记{child.name}，编号 {child.number}；落户后在这里添加身份证号，仍是同一份档案。")
    banner = queries.banner(mother, timezone.localdate())
    return render(request, "residents/newborn.html", {"form": form, "resident": mother, "banner": banner}, status=422 if form.errors else 200)


@page("residents.register", methods=("GET", "POST"))
def unknown(request: Request) -> HttpResponse:
    """「登记身份不明者」"""
    form = forms.UnknownForm(request.POST or None, initial={"found_at": timezone.localtime(), "sex": "0"})
    if request.method == "POST" and form.is_valid():
        try:
            person = actions.discover(actor=request.actor, found=actions.Found(**form.cleaned_data), at=timezone.now())
        except Refused as refusal:
            blame(form, refusal)
        else:
            if request.actor.may("residents.link"):
                return done(request, _address(person.number), f"已登记{person.name}，编号 {person.number}；知道身份后在这里确认。")
            return done(request, _address(person.number), f"已登记{person.name}，编号 {person.number}；知道身份后由转诊办公室在这里确认。")
    return render(request, "residents/unknown.html", {"form": form}, status=422 if form.errors else 200)


@page("residents.link", methods=("POST",))
def identify(request: Request, number: str) -> HttpResponse:
    """「确认身份」: the unknown person is this resident; the two records become one and can be parted again."""
    found = queries.by_number(number)
    if found is None:
        raise Http404("没有这位居民")
    access.require_view(request.actor, found.id, "residents.link")
    said = whole(forms.IdentifyForm(request.POST))
    real = queries.by_number(said["real"].strip().upper())
    if real is None:
        raise Refused("unknown_resident", "没有这个居民编号；请先查到本人的档案，抄下居民编号。没有档案的，请用“更正资料”写上姓名，再添加证件号。", field="real")
    kept = actions.merge(actor=request.actor, resident_id=links.standing_for(real.id).id, other_id=found.id, at=timezone.now())
    return done(request, _address(kept.number), "已确认，两份档案合为一份；认错了可在本页拆分。")
