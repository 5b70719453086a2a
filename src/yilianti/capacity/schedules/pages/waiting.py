"""The waiting list: who waits for a slot or a bed here, or whom one has put on a list elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import FileResponse, HttpResponse
from django.urls import reverse
from django.utils import timezone

from yilianti.capacity.schedules import access, actions, line
from yilianti.capacity.schedules.actions import occupancy
from yilianti.capacity.schedules.models import WaitingEntry
from yilianti.capacity.schedules.pages import forms
from yilianti.capacity.schedules.terms import IN_LINE, Urgency, WaitingState
from yilianti.kernel.pages import Request, answer, done, looked_at, numbered, page, whole
from yilianti.kernel.tables.sheets import streamed

_TONES = {"waiting": "wait", "offered": "info", "placed": "ok", "left": "idle", "removed": "idle", "dropped": "warn"}
_BOXES = (("", "在我方排队的"), ("ours", "我方排队的"))
_LARGEST_EXPORT = 10_000
HEADINGS = ("候补号", "转诊单", "排队的科室或床位", "顺位", "紧急程度", "加入时间", "未答复次数", "状态", "排队方", "接收方", "原因")


@page(access.VIEW)
def waiting(request: Request) -> HttpResponse:
    """The lines one after another, each as it stands, forty people a page: ?box=&q=&ended=&before=."""
    actor, now = request.actor, timezone.now()
    box, text, ended = request.GET.get("box", ""), request.GET.get("q", "").strip()[:40], bool(request.GET.get("ended"))
    listed = line.listed(actor, box, text=text, ended=ended, before=numbered(request.GET.get("before", "")))
    rows = [_line(row, now, places) for places in [line.in_order(listed.rows, now)] for row in listed.rows]
    rows.sort(key=lambda said: (said["waits_for"], said["place"] or 0))  # as the lines stand, who has been offered a place on top
    for row in listed.rows:
        looked_at(request, row.resident_id, "查看候补名单")
    kept = {key: value for key, value in (("box", box), ("q", text), ("ended", "1" if ended else "")) if value}
    return answer(request, "schedules/waiting.html", {
        "rows": rows, "text": text, "ended": ended, "box": box, "keeps": {row.keeper_id for row in listed.rows if actor.may(access.KEEP, row.keeper_id)},
        "tabs": [{"label": label, "url": f"?box={key}", "active": key == box, "count": None} for key, label in _BOXES],
        "export_url": f"{reverse('schedules:export_waiting')}?{urlencode(kept)}", "next_url": f"?{urlencode({**kept, 'before': listed.next_key})}" if listed.next_key else "",
    }, fragment="schedules/_waiting.html")  # fmt: skip


def _line(row: WaitingEntry, now: datetime, places: dict[int, int]) -> dict[str, Any]:
    offers: list[Any] = getattr(row, "standing_offers", [])
    offer = offers[0] if offers and row.state == "offered" else None
    place = (offer.slot or offer.pool) if offer else None
    return {"row": row, "state": WaitingState.label(row.state), "tone": _TONES[row.state], "place": places.get(row.pk), "urgency": Urgency.label(row.urgency),
            "waits_for": line.place_of(row), "referral": row.subject.removeprefix("referral:") if row.subject.startswith("referral:") else "",
            "offered": occupancy.words(place) if place else "", "answer_by": offer.expires_at if offer else None, "over": bool(offer and offer.expires_at <= now),
            "in_line": row.state in IN_LINE}  # fmt: skip


@page(access.VIEW)
def export(request: Request) -> FileResponse:
    """The list as Excel: numbers and institutions, no names."""
    return streamed(f"候补名单-{timezone.localdate():%Y%m%d}.xlsx", [("候补", _rows(request))])


def _rows(request: Request) -> Iterator[list[object]]:
    yield list(HEADINGS)
    now = timezone.now()
    listed = line.listed(request.actor, request.GET.get("box", ""), text=request.GET.get("q", "").strip()[:40], ended=bool(request.GET.get("ended")), size=_LARGEST_EXPORT)
    places = line.in_order(listed.rows, now)
    for row in listed.rows:
        looked_at(request, row.resident_id, "导出候补名单")
        said = _line(row, now, places)
        yield [row.number, said["referral"], said["waits_for"], said["place"] or "", said["urgency"], row.joined_at, row.passed, said["state"], row.by_institution.name,
               row.keeper.name, row.because]  # fmt: skip


@page(access.KEEP, methods=("POST",))
def remove(request: Request, number: str) -> HttpResponse:
    """「移出」"""
    said = whole(forms.RemoveForm(request.POST))
    actions.remove(actor=request.actor, number=number, because=said["because"], at=timezone.now())
    return done(request, reverse("schedules:waiting"), f"{number} 已移出候补，排队方会收到通知。")
