"""One POST a step: parse, one call, show the examination as it now stands."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from yilianti.care.diagnosis import actions, queries, report
from yilianti.care.diagnosis.models import Exam
from yilianti.care.diagnosis.pages import reading, step_forms
from yilianti.care.diagnosis.pages.views import shown, visible_or_404
from yilianti.care.diagnosis.terms import Verb
from yilianti.kernel.pages import Request, answer, done, numbered, page, whole
from yilianti.record.recordings import api as recordings


def _shown_after(request: Request, before: Exam, said: str) -> HttpResponse:
    after = queries.one(request.actor, before.number)
    if not getattr(request, "htmx", False) or after is None:
        messages.success(request, said)
        return redirect("diagnosis:detail", number=before.number) if after else redirect("diagnosis:worklist")
    return answer(request, "diagnosis/detail.html", {**shown(request, after, timezone.now()), "done": said}, fragment="diagnosis/_exam.html")


def _view(verb: str, label: str, act: Callable[..., Any]) -> Callable[..., Any]:
    @page(f"diagnosis.{verb}", methods=("POST",))
    def step(request: Request, number: str) -> HttpResponse:
        before = visible_or_404(request, number)
        act(actor=request.actor, number=number, at=timezone.now(), **whole(step_forms.form_of(verb, before, request.actor, request.POST)))
        return _shown_after(request, before, f"{number}：{label}，已办好。")

    return step


def _written(verb: str, label: str, act: Callable[..., Any]) -> Callable[..., Any]:
    """A reading, with or without the report it makes."""

    @page(f"diagnosis.{verb}", methods=("POST",))
    def step(request: Request, number: str) -> HttpResponse:
        before = visible_or_404(request, number)
        said = reading.given(request.POST)
        because = request.POST.get("because", "")
        if verb == "amend":
            said["because"] = because
        if verb != "conclude":
            said["seen"] = numbered(request.POST.get("seen", ""))
            said["draw"] = partial(report.sealed, keys=settings.KEYS_DIR, tracing=recordings.tracing_of(before.recording_id) if before.recording_id else None, because=because if verb == "amend" else "")
        act(actor=request.actor, number=number, at=timezone.now(), **said)
        return done(request, f"/diagnosis/{number}/", f"{number}：{label}，已办好。")

    return step


_ASKING = ("send", "cancel", "revise", "claim", "release", "reject", "refer_back", "convene")
_WRITING = ("conclude", "issue", "decide", "amend")

#: A POST each: the address ends with the verb, the action has its name.
VIEWS = (
    {verb: _view(verb, Verb.label(verb), getattr(actions, verb)) for verb in _ASKING}
    | {verb: _written(verb, Verb.label(verb), getattr(actions, verb)) for verb in _WRITING}
    | {"opine": _view("opine", "会诊意见", actions.opine)}
)


def _fee(verb: str, permission: str, said: str, act: Callable[..., Any]) -> Callable[..., Any]:
    @page(permission, methods=("POST",))
    def step(request: Request, number: str) -> HttpResponse:
        before = visible_or_404(request, number)
        act(actor=request.actor, number=number, at=timezone.now(), **whole(step_forms.form_of(verb, before, request.actor, request.POST)))
        return _shown_after(request, before, f"{number}：{said}")

    return step


VIEWS |= {
    "charge": _fee("charge", "diagnosis.charge", "已登记收费。", actions.charge), "waive": _fee("waive", "diagnosis.charge", "已登记免收。", actions.waive),
    "refund": _fee("refund", "diagnosis.refund", "已登记退费，请把钱退给患者。", actions.refund),
}


@page("diagnosis.claim", methods=("POST",))
def claim_next(request: Request) -> HttpResponse:
    """「取下一份」: whichever breaches its limit first."""
    taken = actions.claim_next(actor=request.actor, at=timezone.now())
    if taken is None:
        return done(request, "/diagnosis/", "现在没有待诊断的检查。")
    return done(request, f"/diagnosis/{taken.number}/", f"{taken.number} 已由您诊断。")
