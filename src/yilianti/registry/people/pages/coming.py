"""Joining, moving, leaving and coming back, and the line of a working life."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from yilianti.kernel.finding import Refused
from yilianti.kernel.models import JournalEntry
from yilianti.kernel.pages import Request, blame, done, numbered, page
from yilianti.registry.institutions import api as institutions
from yilianti.registry.people import coming_and_going, queries
from yilianti.registry.people.coming_and_going import MANAGE, Seat
from yilianti.registry.people.pages import forms
from yilianti.registry.people.pages.showing import in_view

_MOST_ENTRIES = 200


def _address(number: str) -> str:
    return reverse("people:detail", kwargs={"number": number})


def _seat(said: dict[str, Any]) -> Seat:
    return Seat(said["institution_id"], said["name"], said["from_on"], said["department_id"])


def _options(request: Request) -> dict[str, Any]:
    return {"reach": request.actor.reaches(MANAGE), "institution": numbered(request.POST.get("institution_id", ""))}


def _shown(request: Request, form: Any, heading: str, lead: str, submit: str, number: str = "") -> HttpResponse:
    context = {"form": form, "heading": heading, "lead": lead, "submit": submit, "back": _address(number) if number else reverse("people:directory")}
    return render(request, "people/walk.html", context, status=422 if form.errors else 200)


@page(MANAGE, methods=("GET", "POST"))
def join(request: Request) -> HttpResponse:
    """「入职」: person and post at once."""
    form = forms.JoinForm(request.POST or None, auto_id="post_%s", **_options(request))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            made = coming_and_going.join(actor=request.actor, number=said["number"], name=said["person_name"], title=said["title"], phone=said["phone"],
                                         seat=_seat(said), at=timezone.now())  # fmt: skip
        except Refused as refusal:
            blame(form, refusal)
        else:
            return done(request, _address(made.number), f"{made.name}已入职；安全管理员已收到授权和开通账号的待办。")
    return _shown(request, form, "入职", "登记人员并任命岗位；授权和账号由安全管理员办理，会自动收到待办。", "办理入职")


@page(MANAGE, methods=("GET", "POST"))
def move(request: Request, post: int) -> HttpResponse:
    """「调动」: this post ends, another begins, on one day."""
    old = queries.post(post)
    if old is None or old.institution_id not in request.actor.reaches(MANAGE):
        raise Http404("没有这个岗位，或您无权办理。")
    form = forms.SeatForm(request.POST or None, auto_id="post_%s", **_options(request))
    if request.method == "POST" and form.is_valid():
        try:
            new = coming_and_going.move(actor=request.actor, post_id=post, seat=_seat(form.cleaned_data), at=timezone.now())
        except Refused as refusal:
            blame(form, refusal)
        else:
            return done(request, _address(old.person.number), f"自 {new.from_on} 起任{new.name}；原岗位的权限同日失效，新岗位请安全管理员授权。")
    return _shown(request, form, f"{old.person.name}调动", f"现任{old.institution.short_name}{old.name}，自新岗位开始之日结束。", "办理调动", old.person.number)


@page(MANAGE, methods=("GET", "POST"))
def leave(request: Request, number: str) -> HttpResponse:
    """「离职」"""
    person = in_view(request, number)
    form = forms.LeaveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            gone = coming_and_going.leave(actor=request.actor, person_id=person.id, at=timezone.now(), **form.cleaned_data)
        except Refused as refusal:
            blame(form, refusal)
        else:
            return done(request, _address(number), f"已办理：{gone.name}自 {gone.leaves_on} 起离职，岗位和权限同日结束，账号停用。")
    lead = "所有岗位在这一天结束，账号停用，正在进行的登录退出；没办完的待办转给接手人。既往记录不受影响。"
    return _shown(request, form, f"{person.name}离职", lead, "办理离职", number)


@page(MANAGE, methods=("POST",))
def stay(request: Request, number: str) -> HttpResponse:
    """「撤销离职」"""
    person = in_view(request, number)
    coming_and_going.stay(actor=request.actor, person_id=person.id, at=timezone.now())
    return done(request, _address(number), "离职已撤销，岗位恢复。")


@page(MANAGE, methods=("GET", "POST"))
def come_back(request: Request, number: str) -> HttpResponse:
    """「复职」"""
    person = in_view(request, number)
    form = forms.SeatForm(request.POST or None, auto_id="post_%s", **_options(request))
    if request.method == "POST" and form.is_valid():
        try:
            coming_and_going.come_back(actor=request.actor, person_id=person.id, seat=_seat(form.cleaned_data), at=timezone.now())
        except Refused as refusal:
            blame(form, refusal)
        else:
            return done(request, _address(number), f"{person.name}已复职；安全管理员已收到恢复账号和授权的待办。")
    return _shown(request, form, f"{person.name}复职", "任命岗位；原来的账号由安全管理员恢复。", "办理复职", number)


@page("people.view")
def life(request: Request, number: str) -> HttpResponse:
    """「经历」: everything the journal says of a person's posts, licences, account and roles."""
    person = in_view(request, number)
    subjects = Q(subject=f"people:{person.number}")
    if request.actor.may(MANAGE) or request.actor.may("access.grant"):
        subjects |= Q(subject=f"access:{person.id}")
    entries = list(JournalEntry.objects.filter(subjects).order_by("-id")[:_MOST_ENTRIES])
    places = institutions.names(entry.to_institution for entry in entries)
    rows = [{"entry": entry, "place": places.get(entry.to_institution or 0, ""), "on": entry.facts.get("on") or entry.facts.get("from_on") or entry.facts.get("until_on") or ""} for entry in entries]
    return render(request, "people/life.html", {"person": person, "rows": rows})
