"""「通知设置」: by which way a person is reached outside the platform."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from yilianti import policybook
from yilianti.kernel import pages
from yilianti.kernel.finding import Refused
from yilianti.kernel.pages import Request, page
from yilianti.registry.inbox import actions, queries
from yilianti.registry.inbox.actions.reaching import QUIET
from yilianti.registry.inbox.pages.forms import CodeForm, PhoneForm, SettingsForm

HERE = "/inbox/settings/"


@page("inbox.view")
def settings(request: Request) -> HttpResponse:
    """The page."""
    return _show(request)


@page("inbox.view", ["POST"])
def choose(request: Request) -> HttpResponse:
    """Channels, quiet hours, digest."""
    form = SettingsForm(request.POST)
    if form.is_valid():
        given = dict(form.cleaned_data)
        channels = {urgency: given.pop(urgency) for urgency in ("routine", "urgent", "critical")}
        try:
            actions.choose(actor=request.actor, channels=channels, at=timezone.now(), **given)
            return pages.done(request, HERE, "通知设置已保存。")
        except Refused as refusal:
            pages.blame(form, refusal)
    return _show(request, settings_form=form)


@page("inbox.view", ["POST"])
def phone(request: Request) -> HttpResponse:
    """A number, to which a code is sent."""
    form = PhoneForm(request.POST)
    if form.is_valid():
        try:
            actions.ask_code(actor=request.actor, phone=form.cleaned_data["phone"], at=timezone.now())
            return pages.done(request, HERE, "验证码已交短信网关，收到后填在下面。")
        except Refused as refusal:
            pages.blame(form, refusal)
    return _show(request, phone_form=form)


@page("inbox.view", ["POST"])
def confirm(request: Request) -> HttpResponse:
    """The code that came."""
    form = CodeForm(request.POST)
    if form.is_valid():
        try:
            actions.confirm_phone(actor=request.actor, code=form.cleaned_data["code"], at=timezone.now())
            return pages.done(request, HERE, "手机号已确认，可以选择提醒方式了。")
        except Refused as refusal:
            pages.blame(form, refusal)
    return _show(request, code_form=form)


@page("inbox.view", ["POST"])
def forget(request: Request) -> HttpResponse:
    """「不再用手机提醒」"""
    actions.forget_phone(actor=request.actor, at=timezone.now())
    return pages.done(request, HERE, "手机号已删除，今后只在平台内提醒。")


def _show(request: Request, **forms: Any) -> HttpResponse:
    actor, now = request.actor, timezone.now()
    kept, quiet = queries.preference(actor.person), policybook.in_force(QUIET, timezone.localdate(now), actor.scope)
    shown = {name: getattr(kept, name) for name in ("critical", "urgent", "routine", "quiet_from", "quiet_until", "digest")}
    context = {"settings_form": SettingsForm(initial=shown), "phone_form": PhoneForm(initial={"phone": kept.phone}), "code_form": CodeForm(), **forms}
    return render(request, "inbox/settings.html", {
        **context, "kept": kept, "quiet": quiet, "quiet_from": quiet["from"], "waits_for_code": kept.code_asked_at is not None,
        "masked": f"{kept.phone[:3]}****{kept.phone[-4:]}" if kept.phone else "",
    }, status=422 if forms else 200)  # fmt: skip
