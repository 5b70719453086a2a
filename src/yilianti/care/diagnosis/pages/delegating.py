"""「定论授权」: whom the head lets decide conferences, and until when."""

from __future__ import annotations

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from yilianti.care.diagnosis import actions
from yilianti.care.diagnosis.models import Delegation
from yilianti.kernel.pages import Request, done, page, whole
from yilianti.registry.access import api as access
from yilianti.registry.people import api as people

_KEPT = 50


class DelegateForm(forms.Form):
    person = forms.IntegerField(label="授权给", error_messages={"required": "请选择授权给谁。", "invalid": "请选择授权给谁。"})
    from_at = forms.DateTimeField(label="从", error_messages={"required": "请填写开始时间。", "invalid": "请填写开始时间。"})
    until_at = forms.DateTimeField(label="到", error_messages={"required": "请填写结束时间。", "invalid": "请填写结束时间。"})


@page("diagnosis.delegate", methods=("GET", "POST"))
def delegations(request: Request) -> HttpResponse:
    """Every delegation of the head's centre, and the form of a new one."""
    actor, now = request.actor, timezone.now()
    if request.method == "POST":
        actions.delegate(actor=actor, at=now, **whole(DelegateForm(request.POST)))
        return done(request, "/diagnosis/delegations/", "已授权。")
    rows = Delegation.objects.filter(centre__in=actor.reaches("diagnosis.delegate")).select_related("head", "delegate").order_by("-until_at", "-id")[:_KEPT]
    auditors = people.names(access.holders("centre_auditor", actor.institution or 0, timezone.localdate(now)) - {actor.person or 0})
    return render(request, "diagnosis/delegations.html", {"rows": rows, "auditors": auditors.items(), "now": now})


@page("diagnosis.delegate", methods=("POST",))
def end_delegation(request: Request, delegation: int) -> HttpResponse:
    """「结束授权」"""
    if not Delegation.objects.filter(pk=delegation, centre__in=request.actor.reaches("diagnosis.delegate")).exists():
        raise Http404("没有这项授权，或您无权结束它。")
    actions.end_delegation(actor=request.actor, delegation=delegation, at=timezone.now())
    return done(request, "/diagnosis/delegations/", "授权已结束。")
