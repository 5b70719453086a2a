"""One POST a step, of a settlement or of a statement: parse, one call, show what stands now."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone

from yilianti.kernel.finding import Refused
from yilianti.kernel.pages import Request, done, numbered, page, whole
from yilianti.settlement.budget import api as budget
from yilianti.settlement.distribution import access, actions
from yilianti.settlement.distribution.models import Settlement
from yilianti.settlement.distribution.pages import forms, statements, views
from yilianti.settlement.distribution.terms import StatementVerb, Verb


@page("distribution.reckon", methods=("POST",))
def begin(request: Request) -> HttpResponse:
    """「清算」 of a package's year."""
    today = timezone.localdate()
    unions = access.consortia(request.actor, today, "distribution.reckon")
    if (asked := numbered(request.POST.get("package", ""))) is None:
        raise Refused("no_package", "请选择要清算的总额。", "Choose the package to settle.", field="package")
    package = budget.Package.objects.filter(pk=asked, consortium__in=unions).select_related("consortium").first()
    if package is None:
        raise Http404("没有这个总额，或您无权清算。")
    one = actions.reckon(actor=request.actor, package=package, at=timezone.now())
    return _answer(request, one, f"{one.number}：已算完，清算单待各家确认。")


@page("distribution.reckon", methods=("POST",))
def reckon(request: Request, number: str) -> HttpResponse:
    """「重算」 after something was corrected."""
    one = views.found(request, number)
    cleaned = whole(forms.of_settlement("reckon", request.POST))
    fresh = actions.reckon(actor=request.actor, package=one.package, because=cleaned["because"], at=timezone.now())
    return _answer(request, fresh, f"{number}：已重算；有变化的清算单出了新版。")


@page("distribution.reckon", methods=("POST",))
def resume(request: Request, number: str) -> HttpResponse:
    """「继续计算」 of a run that was cut off."""
    views.found(request, number)
    return _answer(request, actions.resume(actor=request.actor, number=number, at=timezone.now()), f"{number}：已算完。")


@page("distribution.answer", methods=("POST",))
def remind(request: Request, number: str) -> HttpResponse:
    """「提醒」 whoever has not confirmed."""
    one = views.found(request, number)
    many = actions.remind(actor=request.actor, number=number, at=timezone.now())
    return _answer(request, one, f"已提醒 {many} 家；他们的待办里会看到。")


def _settlement(verb: Verb, permission: str) -> Callable[..., Any]:
    @page(permission, methods=("POST",))
    def step(request: Request, number: str) -> HttpResponse:
        views.found(request, number)
        form = forms.of_settlement(verb.value, request.POST)
        whole(form)
        one = getattr(actions, verb.value)(actor=request.actor, number=number, at=timezone.now(), **forms.told(form))
        return _answer(request, one, f"{number}：{verb.zh}，已办好。")

    return step


def _statement(verb: StatementVerb, permission: str) -> Callable[..., Any]:
    @page(permission, methods=("POST",))
    def step(request: Request, number: str) -> HttpResponse:
        one = statements.found(request, number)
        if not access.may_say(request.actor, verb.value, one):
            request.actor.require(permission, one.institution_id)
        form = forms.of_statement(verb.value, one, request.POST, request.FILES)
        whole(form)
        getattr(actions, verb.value)(actor=request.actor, number=number, at=timezone.now(), **forms.told(form))
        return done(request, reverse("distribution:statement", kwargs={"number": number}), f"{number}：{verb.zh}，已办好。")

    return step


def _answer(request: Request, one: Settlement, text: str) -> HttpResponse:
    return done(request, reverse("distribution:settlement", kwargs={"number": one.number}), text)


SETTLEMENT = {verb.value: _settlement(verb, f"distribution.{permission}") for verb, permission in (
    (Verb.WITHDRAW, "reckon"), (Verb.APPROVE, "approve"), (Verb.SEND_BACK, "post"), (Verb.POST, "post"), (Verb.LOCK, "lock"))}  # fmt: skip
STATEMENT = {verb.value: _statement(verb, f"distribution.{permission}") for verb, permission in (
    (StatementVerb.CONFIRM, "confirm"), (StatementVerb.DISPUTE, "dispute"), (StatementVerb.ANSWER, "answer"), (StatementVerb.ACCEPT, "answer"))}  # fmt: skip
