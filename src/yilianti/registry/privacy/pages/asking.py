"""Residents' requests about their own data: taken, decided, answered; and the page that explains the purposes."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from yilianti import policybook
from yilianti.kernel.finding import Refused
from yilianti.kernel.pages import ANY_ACCOUNT, Request, blame, done, looked_at, numbered, page, whole
from yilianti.registry.privacy import access, actions, queries, rules
from yilianti.registry.privacy.models import SubjectRequest
from yilianti.registry.privacy.pages import forms
from yilianti.registry.privacy.terms import Asker, RequestKind, RequestState
from yilianti.registry.residents import api as residents

TONES = {RequestState.RECEIVED: "wait", RequestState.GRANTED: "info", RequestState.REFUSED: "warn", RequestState.ANSWERED: "ok", RequestState.WITHDRAWN: "idle"}


@page("privacy.request")
def request_list(request: Request) -> HttpResponse:
    """Requests received here, newest first."""
    form = forms.RequestFilterForm(request.GET)
    given = {key: value for key, value in form.cleaned_data.items() if value} if form.is_valid() else {}
    listed = queries.requests(request.actor, before=numbered(request.GET.get("before", "")), **given)
    kept = "".join(f"{key}={value}&" for key, value in given.items())
    return render(request, "privacy/request_list.html", {
        "form": form, "rows": [_line(request, row) for row in listed.rows], "clear_url": "?" if given else "",
        "next_url": f"?{kept}before={listed.next_key}" if listed.next_key else "",
    })  # fmt: skip


@page("privacy.request", ["GET", "POST"])
def receive(request: Request, number: str) -> HttpResponse:
    """Take a request of this resident."""
    held = residents.by_number(number)
    if held is None:
        raise Http404("没有这位居民。")
    residents.require_view(request.actor, held.id, access.REQUEST)
    looked_at(request, held.id, "受理个人信息请求")
    form = forms.RequestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            asked = actions.receive(actor=request.actor, resident_id=held.id, at=timezone.now(), **form.cleaned_data)
        except Refused as refusal:
            blame(form, refusal)
        else:
            return redirect("privacy:request", number=asked.number)
    standing = residents.standing_for(held.id)
    return render(request, "privacy/receive.html", {"form": form, "resident": standing}, status=422 if request.method == "POST" else 200)


@page("privacy.request")
def request_detail(request: Request, number: str) -> HttpResponse:
    """One request: what was asked, until when, the decision, what stays by law."""
    asked = _in_view(request, number)
    looked_at(request, asked.resident_id, f"办理个人信息请求 {asked.number}")
    handles = request.actor.may(access.HANDLE, asked.institution_id)
    return render(request, "privacy/request.html", {
        **_line(request, asked), "asker": Asker.label(asked.asker), "kept": queries.kept_by_law(request.actor, timezone.localdate())[1],
        "may_decide": handles and asked.state == RequestState.RECEIVED, "may_answer": handles and asked.state in (RequestState.GRANTED, RequestState.REFUSED),
        "may_copy": handles and asked.kind == RequestKind.COPY and asked.state == RequestState.GRANTED,
        "may_withdraw": asked.state in (RequestState.RECEIVED, RequestState.GRANTED), "is_erasure": asked.kind == RequestKind.ERASE,
        "is_correction": asked.kind == RequestKind.CORRECT, "grant_form": forms.GroundsForm(auto_id="grant_%s"), "refuse_form": forms.GroundsForm(auto_id="refuse_%s"), "answer_form": forms.AnswerForm(),
    })  # fmt: skip


@page("privacy.handle", ["POST"])
def grant_request(request: Request, number: str) -> HttpResponse:
    """「同意办理」"""
    return _stepped(request, number, actions.grant_request, forms.GroundsForm(request.POST))


@page("privacy.handle", ["POST"])
def refuse_request(request: Request, number: str) -> HttpResponse:
    """「不予办理」"""
    return _stepped(request, number, actions.refuse_request, forms.GroundsForm(request.POST))


@page("privacy.handle", ["POST"])
def answer_request(request: Request, number: str) -> HttpResponse:
    """「答复本人」"""
    return _stepped(request, number, actions.answer_request, forms.AnswerForm(request.POST))


@page("privacy.request", ["POST"])
def withdraw_request(request: Request, number: str) -> HttpResponse:
    """「撤回请求」"""
    return _stepped(request, number, actions.withdraw_request, None)


@page(ANY_ACCOUNT)
def purposes(request: Request) -> HttpResponse:
    """Why which data are used, in plain words; to show or print for a resident."""
    edition, rows = queries.purposes(request.actor, timezone.localdate())
    _, kept = queries.kept_by_law(request.actor, timezone.localdate())
    return render(request, "privacy/purposes.html", {"edition": edition, "rows": rows, "kept_rows": kept})


def _stepped(request: Request, number: str, act: Any, form: Any) -> HttpResponse:
    _in_view(request, number)
    told = act(actor=request.actor, number=number, at=timezone.now(), **(whole(form) if form else {}))
    return done(request, f"/privacy/requests/{number}/", f"{RequestState.label(told.state)}。")


def _in_view(request: Request, number: str) -> SubjectRequest:
    found = queries.request(request.actor, number)
    if found is None:
        raise Http404("没有这件请求，或不在您的机构办理。")
    return found


def _line(request: Request, asked: SubjectRequest) -> dict[str, Any]:
    day = timezone.localdate()
    policy = policybook.in_force("privacy.requests", day, request.actor.scope)
    open_ = asked.state not in (RequestState.ANSWERED, RequestState.WITHDRAWN)
    state = RequestState(asked.state)
    return {"asked": asked, "kind": RequestKind.label(asked.kind), "state": state.zh, "tone": TONES[state],
            "finding": rules.standing(asked.due_on, day, policy.soon_days) if open_ else None}  # fmt: skip
