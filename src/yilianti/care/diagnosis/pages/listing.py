"""The worklist of examinations: piles as tabs, what breaches its limit first on top."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from yilianti.care.diagnosis import queries
from yilianti.care.diagnosis.pages import showing
from yilianti.care.diagnosis.terms import Urgency
from yilianti.kernel.pages import Request, answer, page


@page("diagnosis.view")
def worklist(request: Request) -> HttpResponse:
    """One list; who comes without saying which sees their own work."""
    actor, now = request.actor, timezone.now()
    counted, boxes = queries.counts(actor, now), queries.boxes_of(actor)
    asked = request.GET.get("box", "")
    box = asked if asked in boxes else next((one for one in boxes if counted.get(one)), boxes[0])
    text, urgency = request.GET.get("text", "")[:64], request.GET.get("urgency", "")
    urgency = urgency if urgency in {str(u.value) for u in Urgency} else ""
    listed = queries.worklist(actor, box, now, text=text, urgency=urgency, after=request.GET.get("after", ""))
    words = {key: value for key, value in (("box", box), ("text", text), ("urgency", urgency)) if value}
    context = {
        "rows": [showing.as_row(exam, now) for exam in listed.rows], "box": box, "text": text, "urgency": urgency, "urgencies": Urgency.choices(),
        "tabs": [{"label": queries.BOXES[one], "url": f"?box={one}", "active": one == box, "count": counted.get(one) or None} for one in boxes],
        "next_url": f"?{urlencode({**words, 'after': listed.next_key})}" if listed.next_key else "", "may_order": actor.may("diagnosis.order"), "may_claim": actor.may("diagnosis.claim"), "may_count": actor.may("diagnosis.quality"),
        "may_charge": actor.may("diagnosis.charge"), "may_delegate": actor.may("diagnosis.delegate"),
        "query": urlencode(words),
    }  # fmt: skip
    return answer(request, "diagnosis/list.html", context, fragment="diagnosis/_lines.html")


@page("diagnosis.work")
def pile(request: Request) -> HttpResponse:
    """The top of the centre's queue, as a fragment for desks."""
    actor, now = request.actor, timezone.now()
    counted = queries.counts(actor, now)
    rows = [showing.as_row(exam, now) for box in ("to_read", "to_audit") for exam in queries.worklist(actor, box, now).rows[:5]]
    return render(request, "diagnosis/_pile.html", {"rows": rows, "counted": counted})
