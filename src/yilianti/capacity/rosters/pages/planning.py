"""One POST an act: plan, take back, restore, copy; and the order of a member."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from yilianti.capacity.rosters import access, actions, planned, queries
from yilianti.capacity.rosters.actions import Where
from yilianti.capacity.rosters.pages.views import visible_or_404
from yilianti.capacity.rosters.terms import Duty
from yilianti.kernel.finding import Refused
from yilianti.kernel.pages import Request, done, numbered, page, whole
from yilianti.registry.institutions import api as institutions


class PlanForm(forms.Form):
    duty = forms.ChoiceField(label="班次", choices=Duty.choices())
    starts = forms.TimeField(label="开始", error_messages={"required": "请填写开始时间。", "invalid": "请按 08:00 的样子填写时间。"})
    ends = forms.TimeField(label="结束", error_messages={"required": "请填写结束时间。", "invalid": "请按 08:00 的样子填写时间。"})
    person = forms.IntegerField(label="人员", error_messages={"required": "请选择人员。", "invalid": "请选择人员。"})


def _days(given: list[str]) -> dict[str, Any]:
    """Ticked days: dates, or numbers of weekdays for the template."""
    try:
        return {"days": [date.fromisoformat(one) for one in given if "-" in one], "weekdays": [int(one) for one in given if one.isascii() and one.isdigit() and len(one) == 1]}
    except ValueError:
        raise Refused("no_day", "请选择排在哪几天。", "not a day", field="days") from None


def _back(where: Where, query: str) -> str:
    return reverse("rosters:week", args=(where.institution, where.service)) + f"?{query}"


def _after(request: Request, where: Where) -> str:
    """The page one came from: the template, or a week."""
    week = request.POST.get("week", "")
    return _back(where, f"week={week}" if len(week) == 10 else "template=1")


@page(access.PLAN, methods=("POST",))
def plan(request: Request, institution: int, service: str) -> HttpResponse:
    """「排上」"""
    visible_or_404(request, institution, service)
    where = Where(institution, service)
    made = actions.plan(actor=request.actor, where=where, at=timezone.now(), **_days(request.POST.getlist("days")), **whole(PlanForm(request.POST)))
    return done(request, _after(request, where), f"已排 {made} 班。")


@page(access.PLAN, methods=("POST",))
def unplan(request: Request, institution: int, service: str) -> HttpResponse:
    """「撤下」"""
    visible_or_404(request, institution, service)
    where, given = Where(institution, service), request.POST
    when = _days([given.get("on", "")])
    chosen: dict[str, Any] = {"day": when["days"][0]} if when["days"] else {"weekday": (when["weekdays"] or [0])[0]}
    try:
        starts = time.fromisoformat(given.get("starts", ""))
    except ValueError:
        raise Refused("no_shift", "没有这一班；请刷新页面。", "no such shift") from None
    actions.unplan(actor=request.actor, where=where, duty=given.get("duty", ""), starts=starts, person=numbered(given.get("person", "")) or 0, at=timezone.now(), **chosen)
    return done(request, _after(request, where), "已撤下。")


@page(access.PLAN, methods=("POST",))
def restore_day(request: Request, institution: int, service: str) -> HttpResponse:
    """「恢复模板」"""
    visible_or_404(request, institution, service)
    where, days = Where(institution, service), _days([request.POST.get("on", "")])["days"]
    if not days:
        raise Refused("no_day", "请选择要恢复的日子。", "no day", field="on")
    actions.restore_day(actor=request.actor, where=where, day=days[0], at=timezone.now())
    return done(request, _after(request, where), "这一天已恢复为每周模板。")


@page(access.PLAN, methods=("POST",))
def copy_week(request: Request, institution: int, service: str) -> HttpResponse:
    """「照抄上周」"""
    visible_or_404(request, institution, service)
    where, days = Where(institution, service), _days([request.POST.get("week", "")])["days"]
    if not days:
        raise Refused("no_week", "请先打开要排的那一周。", "no week", field="week")
    made = actions.copy_week(actor=request.actor, where=where, monday=days[0], at=timezone.now())
    return done(request, _after(request, where), f"已照抄上周的 {made} 班。")


@page(access.ARRANGE, methods=("GET", "POST"))
def order(request: Request, institution: int) -> HttpResponse:
    """「危急值通知顺序」 of a member: who is told next when nobody answers."""
    place, day = institutions.many([institution]).get(institution), timezone.localdate()
    if place is None or not request.actor.may(access.ARRANGE, institution):
        raise Http404("没有这家机构，或您无权设定它的通知顺序。")
    if request.method == "POST":
        chosen = [numbered(one) for one in request.POST.getlist("people") if one]
        actions.arrange(actor=request.actor, institution=institution, people=[one for one in chosen if one], at=timezone.now())
        return done(request, reverse("rosters:order", args=(institution,)), "通知顺序已保存。")
    order, all_of = queries.order_of(institution, day), planned.colleagues(institution, day)
    places = institutions.names(request.actor.reaches(access.ARRANGE))
    return render(request, "rosters/order.html", {
        "place": place, "rows": [*order, *([None] * max(1, 5 - len(order)))], "people": all_of.items(), "places": sorted(places.items(), key=lambda one: one[1]) if len(places) > 1 else (),
    })  # fmt: skip
