"""One POST a step: parse, one call, show the suspicion as it now stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from yilianti.kernel.pages import Request, done, page, whole
from yilianti.settlement.supervision import actions
from yilianti.settlement.supervision.pages import forms
from yilianti.settlement.supervision.pages.views import found
from yilianti.settlement.supervision.terms import Verb


def _view(verb: Verb, act: Callable[..., Any]) -> Callable[..., Any]:
    @page(f"supervision.{verb.value}", methods=("POST",))
    def step(request: Request, number: str) -> HttpResponse:
        one = found(request, number)
        request.actor.require(f"supervision.{verb.value}", one.institution_id)
        form = forms.of(verb.value, one, request.POST, request.FILES)
        whole(form)
        act(actor=request.actor, number=number, at=timezone.now(), **forms.told(form))
        return done(request, reverse("supervision:detail", kwargs={"number": number}), f"{number}：{verb.zh}，已办好。")

    return step


VIEWS = {verb.value: _view(verb, getattr(actions, verb.value)) for verb in Verb if verb is not Verb.SUPERSEDE}
