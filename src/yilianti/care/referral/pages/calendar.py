"""「到院日历」: whom each department expects, by week or day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from yilianti.care.referral import expecting
from yilianti.care.referral.pages.filtering import select
from yilianti.care.referral.pages.showing import URGENCY_TONES
from yilianti.care.referral.terms import Channel, Urgency
from yilianti.kernel.pages import Request, numbered, page
from yilianti.registry.institutions import api as institutions

_WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_SPANS = {"week": ("周", 7), "day": ("日", 1)}


@page("referral.view")
def calendar(request: Request) -> HttpResponse:
    """A week or a day; names for who receives the patients, counts for who looks on."""
    actor, today = request.actor, timezone.localdate()
    span = request.GET.get("span", "week") if request.GET.get("span") in _SPANS else "week"
    place, department = numbered(request.GET.get("institution", "")), numbered(request.GET.get("department", ""))
    label, days = _SPANS[span]
    first = _first(request.GET.get("on", ""), today, days)
    lines = expecting.expected(actor, first, days, now=timezone.now(), institution=place, department=department)
    chosen = {"span": span, "institution": place or "", "department": department or ""}
    rows = expecting.by_department(lines[: expecting.MOST], first, days)
    return render(request, "referral/calendar.html", {
        "rows": [{"row": row, "cells": [_cell(first + timedelta(days=n), today, cell) for n, cell in enumerate(row.days)]} for row in rows],
        "days": [_day(first + timedelta(days=n), today, sum(len(row.days[n]) for row in rows), chosen) for n in range(days)],
        "span": span, "label": label, "first": first, "last": first + timedelta(days=days - 1), "count": len(lines), "is_full": len(lines) > expecting.MOST,
        "previous_url": _url(chosen, on=first - timedelta(days=days)), "next_url": _url(chosen, on=first + timedelta(days=days)), "today_url": _url(chosen),
        "spans": [{"label": said, "url": _url({**chosen, "span": name}, on=first), "active": name == span} for name, (said, _) in _SPANS.items()],
        "selects": _selects(request, place, department), "several": len({row.institution for row in rows}) > 1,
    })  # fmt: skip


def _first(told: str, today: date, days: int) -> date:
    """The day asked for, or the Monday of its week."""
    try:
        day = date.fromisoformat(told) if told else today
    except ValueError:
        day = today
    day = min(max(day, date(2000, 1, 3)), date(2099, 12, 31))
    return day - timedelta(days=day.weekday()) if days > 1 else day


def _url(chosen: dict[str, Any], on: date | None = None) -> str:
    return f"?{urlencode({name: value for name, value in {**chosen, 'on': on or ''}.items() if value})}"


def _day(day: date, today: date, count: int, chosen: dict[str, Any]) -> dict[str, Any]:
    return {"label": f"{_WEEKDAYS[day.weekday()]} {day.month}/{day.day}", "is_today": day == today, "count": count, "url": _url({**chosen, "span": "day"}, on=day)}


def _cell(day: date, today: date, lines: list[expecting.Expected]) -> dict[str, Any]:
    """Everybody of one department and day; `missing` are those whose day has passed."""
    return {
        "label": f"{_WEEKDAYS[day.weekday()]} {day.month}/{day.day}", "is_today": day == today, "count": len(lines),
        "missing": sum(not line.has_come and not line.is_asked for line in lines) if day < today else 0,
        "lines": [{"line": line, "urgency": "" if line.urgency == Urgency.ELECTIVE else Urgency.label(line.urgency), "tone": URGENCY_TONES[line.urgency],
                   "channel": "" if line.channel == Channel.ORDINARY else Channel.label(line.channel)} for line in lines if line.name],
    }  # fmt: skip


def _selects(request: Request, place: int | None, department: int | None) -> list[str]:
    """Institutions in reach where there are several, and the departments of the one that is meant."""
    seen = sorted(institutions.names(request.actor.reaches("referral.view")).items())
    here = place or (seen[0][0] if len(seen) == 1 else request.actor.institution)
    choices = [("institution", "机构", [(str(key), name) for key, name in seen], place)] if len(seen) > 1 else []
    choices.append(("department", "科室", [(str(d.id), d.name) for d in institutions.departments(here)], department))
    return [select.__wrapped__(name, label, (("", "全部"), *options), str(value or "")) for name, label, options, value in choices]
