"""Looking at referrals: one referral, its print, the arrivals that need a person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from yilianti.care.referral import actions, queries
from yilianti.care.referral.models import Referral
from yilianti.care.referral.pages import certified, dialling, line, owing, reconciling, showing, step_forms, told
from yilianti.care.referral.terms import Verb
from yilianti.kernel.actor import Actor
from yilianti.kernel.pages import Request, answer, looked_at, page
from yilianti.kernel.tables.sheets import file
from yilianti.registry.residents import api as residents


def visible_or_404(request: Request, number: str) -> Referral:
    """The referral, or the same 404 for a foreign and a missing number."""
    referral = queries.one(request.actor, number)
    if referral is None:
        raise Http404("没有这张转诊单，或您无权查看。")
    return referral


def shown(request: Request, referral: Referral, now: datetime) -> dict[str, Any]:
    """Everything the page of one referral shows."""
    actor = request.actor
    entries = queries.history(referral.number)
    steps = showing.buttons(actor, referral)
    banner = residents.banner(referral.resident, timezone.localdate())
    return {
        "referral": referral, "row": showing.as_row(referral, now), "owed": owing.owed(referral, now), "steps": showing.progress(referral, entries),
        "events": showing.events(entries), "facts": showing.facts(referral), "decision": showing.decision(referral), "buttons": steps, "own_to_approve": showing.own_to_approve(actor, referral),
        "dialogs": [_dialog(referral, step) for step in steps if not step["page"]],
        "banner_url": banner.url if actor.may("record.view") else "",
        "may_edit": referral.state in ("draft", "returned") and actor.may("referral.submit", referral.from_institution_id),
        "may_read": actor.may("record.view"), "may_certify": _may_certify(actor, referral), "ways_home": queries.ways_home(referral), "banner": banner,
        "ring": dialling.sender(referral) if referral.goes_home or referral.contact_id else None,
        **certified.shown(actor, referral), **told.shown(actor, referral, entries, now), **reconciling.of(referral), **showing.conversation(actor, referral), **line.shown(actor, referral, now), "milestone_form": step_forms.MilestoneForm(auto_id="milestone-%s"),
    }  # fmt: skip


def _may_certify(actor: Actor, referral: Referral) -> bool:
    return referral.decided_at is not None and bool(actor.reaches("referral.certify") & {referral.from_institution_id, referral.to_institution_id})


def _dialog(referral: Referral, step: dict[str, Any]) -> dict[str, Any]:
    """The form of a step, in the dialog its button opens."""
    form = step_forms.form_of(Verb(step["action"]), referral)
    form.auto_id = f"{step['action']}-%s"  # several dialogs on one page have a field “note”
    return {"id": f"dialog-{step['action']}", "step": step, "form": form}


@page("referral.view")
def detail(request: Request, number: str) -> HttpResponse:
    """One referral: what was asked, what was answered, what can be done now."""
    referral = visible_or_404(request, number)
    looked_at(request, referral.resident_id, f"办理转诊单 {number}")
    return answer(request, "referral/detail.html", shown(request, referral, timezone.now()), fragment="referral/_referral.html")


@page("referral.view")
def printed(request: Request, number: str) -> HttpResponse:
    """The form on A4, with room for both signatures."""
    referral = visible_or_404(request, number)
    looked_at(request, referral.resident_id, f"打印转诊单 {number}")
    return render(request, "referral/print.html", {
        "referral": referral, "facts": showing.facts(referral), "decision": showing.decision(referral), "now": timezone.now(),
        "banner": residents.banner(referral.resident, timezone.localdate()), "row": showing.as_row(referral, timezone.now()), "may_read": request.actor.may("record.view"), **reconciling.of(referral), **reconciling.warned(referral),
    })  # fmt: skip


@page("referral.certify", methods=("POST",))
def certify(request: Request, number: str) -> HttpResponse:
    """「签名件」"""
    referral = visible_or_404(request, number)
    made = actions.certify(actor=request.actor, number=number, at=timezone.now())
    looked_at(request, referral.resident_id, f"导出转诊单 {number} 签名件")
    return file(f"{number}-signed.zip", made.content, "application/zip")


@page("referral.view")
def pile(request: Request) -> HttpResponse:
    """The top of one pile of work, as a fragment for desks: the nearest promise first."""
    actor, now = request.actor, timezone.now()
    box = request.GET.get("box", "")
    rows = [showing.as_row(r, now) for r in queries.pressing(actor, box if box in queries.BOXES else "to_answer")]
    return render(request, "referral/_pile.html", {"rows": rows, "box": box})


@page("referral.arrive")
def arrivals(request: Request) -> HttpResponse:
    """Encounters that fit several referrals: a person says which."""
    questions = queries.open_questions(request.actor)
    for question in questions:
        looked_at(request, question.resident_id, "核对到院患者的转诊单")
    asked = [{"question": question, "candidates": found} for question, found in zip(questions, queries.candidates(questions), strict=True)]
    return answer(request, "referral/arrivals.html", {"asked": asked}, fragment="referral/_arrivals.html")
