"""One POST a step: parse, one call, back to the contract as it now stands."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone

from yilianti.care.contract import actions, book
from yilianti.care.contract.pages import forms
from yilianti.care.contract.pages.views import found
from yilianti.care.contract.terms import EVERYBODY
from yilianti.kernel.money import Money
from yilianti.kernel.pages import Request, done, page, whole
from yilianti.registry.residents import api as residents


def _back(request: Request, number: str, said: str) -> HttpResponse:
    return done(request, reverse("contract:detail", kwargs={"number": number}), said)


@page("contract.refuse", methods=("POST",))
def refuse(request: Request, number: str) -> HttpResponse:
    """「居民不同意」"""
    request.actor.require("contract.refuse", found(request, number).institution_id)
    actions.refuse(actor=request.actor, number=number, at=timezone.now(), **whole(forms.RefuseForm(request.POST)))
    return _back(request, number, "已登记居民不同意，名额已退回。")


@page("contract.end", methods=("POST",))
def end(request: Request, number: str) -> HttpResponse:
    """「解约」"""
    request.actor.require("contract.end", found(request, number).institution_id)
    known = book.reasons(timezone.localdate(), request.actor.scope).values()
    form = forms.EndForm(request.POST, reasons=[(one.code, one.name) for one in known])
    one = actions.end(actor=request.actor, number=number, at=timezone.now(), **whole(form))
    return _back(request, number, f"已解约，{one.stopped_on} 起不再服务。")


@page("contract.fulfil", methods=("POST",))
def fulfil(request: Request, number: str) -> HttpResponse:
    """「登记履约」"""
    request.actor.require("contract.fulfil", found(request, number).institution_id)
    made = actions.fulfil(actor=request.actor, number=number, at=timezone.now(), **whole(forms.FulfilForm(request.POST)))
    return _back(request, number, f"已登记：{made.obligation.name}，{made.done_on}。")


@page("contract.correct", methods=("POST",))
def correct(request: Request, number: str) -> HttpResponse:
    """「冲正」"""
    request.actor.require("contract.correct", found(request, number).institution_id)
    actions.correct_fulfilment(actor=request.actor, number=number, at=timezone.now(), **whole(forms.CorrectForm(request.POST)))
    return _back(request, number, "已冲正；原来的一笔仍留在账上。")


@page("contract.rate", methods=("POST",))
def rate(request: Request, number: str) -> HttpResponse:
    """「登记满意度」"""
    request.actor.require("contract.rate", found(request, number).institution_id)
    actions.rate(actor=request.actor, number=number, at=timezone.now(), **whole(forms.RateForm(request.POST)))
    return _back(request, number, "已记下居民的回答。")


@page("contract.refund", methods=("POST",))
def refund(request: Request, number: str) -> HttpResponse:
    """「退未用项目」"""
    request.actor.require("contract.refund", found(request, number).institution_id)
    made = actions.refund(actor=request.actor, number=number, at=timezone.now(), **whole(forms.RefundForm(request.POST)))
    return _back(request, number, f"已登记退费 {Money(made.amount)} 元，凭证 {made.voucher}。")


def _person(request: Request, number: str) -> residents.Resident:
    person = residents.by_number(number)
    if person is None or not residents.may_view(request.actor, person.id):
        raise Http404("没有这位居民，或您无权查看。")
    return residents.standing_for(person.id)


@page("contract.tag", methods=("POST",))
def tag(request: Request, resident: str) -> HttpResponse:
    """「登记人群」"""
    person = _person(request, resident)
    known = [(one.code, one.name) for one in book.tags(timezone.localdate(), request.actor.scope) if not one.is_reckoned and one.code != EVERYBODY]
    actions.tag(actor=request.actor, resident=person.id, at=timezone.now(), **whole(forms.TagForm(request.POST, tags=known)))
    return done(request, f"{reverse('contract:new')}?resident={person.number}", "已登记人群，服务包已重新推荐。")


@page("contract.tag", methods=("POST",))
def untag(request: Request, resident: str) -> HttpResponse:
    """「不再属于」"""
    person = _person(request, resident)
    actions.untag(actor=request.actor, resident=person.id, at=timezone.now(), **whole(forms.UntagForm(request.POST)))
    return done(request, f"{reverse('contract:new')}?resident={person.number}", "已结束这个人群。")
