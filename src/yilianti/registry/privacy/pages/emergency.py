"""Opening a record in an emergency, ending it, and the review queue."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from yilianti import policybook
from yilianti.kernel.finding import Refused
from yilianti.kernel.pages import Request, blame, done, numbered, page, whole
from yilianti.registry.privacy import access, actions, queries
from yilianti.registry.privacy.models import EmergencyAccess
from yilianti.registry.privacy.pages import forms
from yilianti.registry.privacy.terms import EmergencyReason, EmergencyState
from yilianti.registry.residents import api as residents

TONES = {EmergencyState.OPENED: "warn", EmergencyState.ENDED: "wait", EmergencyState.JUSTIFIED: "ok", EmergencyState.QUESTIONED: "bad"}


@page("privacy.break_glass", ["GET", "POST"])
def open_record(request: Request, number: str) -> HttpResponse:
    """Reason and words, then the record; nothing of the resident but the number stands on this page."""
    actor, now = request.actor, timezone.now()
    found = residents.by_number(number)
    if found is None or not access.may_open(actor, found.id):
        raise Http404("没有这位居民。")
    form = forms.EmergencyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.open_emergency(actor=actor, resident_id=found.id, at=now, **form.cleaned_data)
        except Refused as refusal:
            blame(form, refusal)
        else:
            return redirect(f"/record/{found.number}/")
    policy = policybook.in_force("privacy.emergency", timezone.localdate(now), actor.scope)
    status = 422 if request.method == "POST" else 200
    return render(request, "privacy/open.html", {"form": form, "number": found.number, "policy": policy}, status=status)


@page("privacy.break_glass", ["POST"])
def end_emergency(request: Request, number: str) -> HttpResponse:
    """「结束」"""
    ended = actions.end_emergency(actor=request.actor, number=number, at=timezone.now())
    return done(request, "/", f"紧急调阅 {ended.number} 已结束，等待复核。")


@page("privacy.review")
def review_list(request: Request) -> HttpResponse:
    """What was opened in emergencies, what waits for review."""
    form = forms.EmergencyFilterForm(request.GET)
    state = form.cleaned_data["state"] if form.is_valid() else ""
    listed = queries.review_list(request.actor, state=state, before=numbered(request.GET.get("before", "")))
    kept = f"state={state}&" if state else ""
    return render(request, "privacy/review_list.html", {
        "form": form, "rows": [_line(row) for row in listed.rows], "clear_url": "?" if state else "",
        "next_url": f"?{kept}before={listed.next_key}" if listed.next_key else "",
    })  # fmt: skip


@page("privacy.review")
def emergency(request: Request, number: str) -> HttpResponse:
    """One emergency: the reason, what was looked at, the verdict."""
    found = _in_view(request, number)
    return render(request, "privacy/emergency.html", {
        **_line(found), "justify_form": forms.VerdictForm(auto_id="justify_%s"), "question_form": forms.VerdictForm(auto_id="question_%s"), "to_review": found.state == EmergencyState.ENDED, "now": timezone.now(),
        "until": found.ended_at or found.expires_at,
    })  # fmt: skip


@page("privacy.review", ["POST"])
def justify(request: Request, number: str) -> HttpResponse:
    """「认定合理」"""
    return _reviewed(request, number, actions.justify)


@page("privacy.review", ["POST"])
def question(request: Request, number: str) -> HttpResponse:
    """「认定存疑」"""
    return _reviewed(request, number, actions.question)


def _reviewed(request: Request, number: str, act: Any) -> HttpResponse:
    _in_view(request, number)
    told = act(actor=request.actor, number=number, at=timezone.now(), **whole(forms.VerdictForm(request.POST)))
    return done(request, f"/privacy/emergency/{number}/", f"已复核：{EmergencyState.label(told.state)}。")


def _in_view(request: Request, number: str) -> EmergencyAccess:
    found = queries.emergency(request.actor, number)
    if found is None:
        raise Http404("没有这次紧急调阅，或不在您复核的范围。")
    return found


def _line(found: EmergencyAccess) -> dict[str, Any]:
    state = EmergencyState(found.state)
    return {"emergency": found, "reason": EmergencyReason.label(found.reason), "state": state.zh, "tone": TONES[state]}
