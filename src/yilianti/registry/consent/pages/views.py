"""A resident's consents: a card for the resident's page, and the two acts on it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone

from yilianti.kernel.finding import Refused
from yilianti.kernel.pages import Request, answer, done, looked_at, page, whole
from yilianti.registry.consent import access, actions, queries, rules
from yilianti.registry.consent.models import Consent
from yilianti.registry.consent.pages import forms
from yilianti.registry.consent.terms import Basis, Purpose
from yilianti.registry.residents import api as residents


def _resident(request: Request, number: str) -> residents.Resident:
    found = residents.by_number(number)
    if found is None:
        raise Http404("没有这位居民")
    residents.require_view(request.actor, found.id)
    return residents.standing_for(found.id)


def _line(given: Consent) -> dict[str, Any]:
    now = timezone.now()
    stands = rules.holds(given.given_at, given.until_at, given.withdrawn_at, now)
    state = ("有效", "ok") if stands else ("已撤回", "idle") if given.withdrawn_at else ("已到期", "idle")
    return {"given": given, "purpose": Purpose.label(given.purpose), "basis": Basis.label(given.basis), "state": state[0], "tone": state[1]}


@page("residents.view")
def of(request: Request, number: str) -> HttpResponse:
    """What the resident has agreed to, as a card (a page for browsers without scripts)."""
    actor, resident = request.actor, _resident(request, number)
    looked_at(request, resident.id, "查看知情同意")
    lines = [_line(given) for given in queries.history(resident.id)]
    return answer(request, "consent/of.html", {
        "resident": resident, "lines": lines, "record_form": forms.RecordForm(auto_id="record_%s"), "withdraw_form": forms.WithdrawForm(auto_id="withdraw_%s"),
        "may_record": actor.institution is not None and actor.may("consent.record", actor.institution),
        "may_withdraw": access.may_withdraw(actor, resident.id) and any(line["state"] == "有效" for line in lines),
    }, fragment="consent/_card.html")  # fmt: skip


@page("consent.record", methods=("POST",))
def record(request: Request, number: str) -> HttpResponse:
    """「记录同意」"""
    actor, resident = request.actor, _resident(request, number)
    form = forms.RecordForm(request.POST)
    said = whole(form)
    if actor.institution is None:
        raise Refused("no_post", "您还没有选择岗位；请先在右上角选择要代表的机构。", "choose a post first")
    actions.record(actor=actor, resident_id=resident.id, purpose=said["purpose"], basis=said["basis"], institution_id=actor.institution,
                   until_at=form.until_at(), at=timezone.now())  # fmt: skip
    return done(request, reverse("residents:detail", kwargs={"number": resident.number}), f"已记录对“{Purpose.label(said['purpose'])}”的同意。")


@page("consent.withdraw", methods=("POST",))
def withdraw(request: Request, number: str) -> HttpResponse:
    """「撤回同意」"""
    resident, said = _resident(request, number), whole(forms.WithdrawForm(request.POST))
    actions.withdraw(actor=request.actor, resident_id=resident.id, at=timezone.now(), **said)
    return done(request, reverse("residents:detail", kwargs={"number": resident.number}), f"已撤回对“{Purpose.label(said['purpose'])}”的同意，立即生效。")
