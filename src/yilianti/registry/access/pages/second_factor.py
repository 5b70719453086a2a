"""「动态口令」: set it up with a telephone, keep the recovery codes, give it up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pyotp
import segno
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from yilianti.kernel.finding import Refused
from yilianti.kernel.pages import ANY_ACCOUNT, Request, done, page
from yilianti.registry.access import limits, lockout
from yilianti.registry.access.actions import second_factor as acts
from yilianti.registry.access.models import RecoveryCode, SecondFactor
from yilianti.registry.access.pages import entering
from yilianti.registry.access.pages.forms import CodeForm
from yilianti.registry.access.terms import EventKind

ISSUER = "医联体"


@page(ANY_ACCOUNT)
def show(request: Request) -> HttpResponse:
    """How one's second factor stands; the code to scan while it is being set up."""
    return _shown(request, CodeForm())


@page(ANY_ACCOUNT, ["POST"])
def begin(request: Request) -> HttpResponse:
    """「开始设置」"""
    acts.begin(actor=request.actor, at=timezone.now())
    return redirect("access:second_factor")


@page(ANY_ACCOUNT, ["POST"])
def confirm(request: Request) -> HttpResponse:
    """「确认启用」: the recovery codes are shown this one time."""
    return _with_code(request, lambda code, at: acts.confirm(actor=request.actor, code=code, at=at, keep=request.signed_in.login))


@page(ANY_ACCOUNT, ["POST"])
def renew_recovery(request: Request) -> HttpResponse:
    """「更换备用码」"""
    return _with_code(request, lambda code, at: acts.renew_recovery(actor=request.actor, code=code, at=at))


@page(ANY_ACCOUNT, ["POST"])
def remove(request: Request) -> HttpResponse:
    """「停用」, also before a new telephone."""
    return _with_code(request, lambda code, at: acts.remove(actor=request.actor, code=code, at=at, keep=request.signed_in.login))


def _with_code(request: Request, act: Callable[[str, datetime], list[str] | None]) -> HttpResponse:
    """One act that needs a code: wrong ones count to the lock-out like wrong passwords."""
    form, name = CodeForm(request.POST), request.signed_in.username
    if not form.is_valid():
        return _shown(request, form)
    if lockout.is_locked(request, name):
        raise Refused("locked", "输错次数太多，已暂时锁定；请稍后再试。", "locked", field="code")
    try:
        codes = act(form.cleaned_data["code"], timezone.now())
    except Refused as refusal:
        if refusal.code == "wrong_code":
            entering.note(request, EventKind.CODE_FAILED, False, account=request.actor.account, username=name)
            lockout.count_failure(request, name)
        form.add_error(refusal.field or None, refusal.zh)
        return _shown(request, form)
    if codes is None:
        return done(request, "/second-factor/", "动态口令已停用，其他设备上的登录已退出。")
    return _shown(request, CodeForm(), codes=codes)


def _shown(request: Request, form: CodeForm, codes: list[str] | None = None) -> HttpResponse:
    signed_in = request.signed_in
    found = SecondFactor.objects.filter(account=signed_in.actor.account).first()
    in_use = found is not None and found.confirmed_at is not None
    context = {
        "form": form,
        "renew_form": CodeForm(auto_id="renew_%s"),
        "remove_form": CodeForm(auto_id="remove_%s"),
        "codes": codes,
        "made_at": timezone.now(),
        "username": signed_in.username,
        "factor": found if in_use else None,
        "left": RecoveryCode.objects.filter(account=signed_in.actor.account, used_at__isnull=True).count() if in_use else 0,
        "forced": signed_in.must_set_up_factor and not in_use,
        "required": limits.must_have_factor(signed_in.actor.roles, timezone.localdate(), signed_in.actor.scope),
        **(_to_scan(found, signed_in.username) if found and not in_use else {}),
    }
    response = render(request, "access/second_factor.html", context, status=422 if form.errors else 200)
    response["Cache-Control"] = "no-store"
    return response


def _to_scan(found: SecondFactor, username: str) -> dict[str, str]:
    """The picture for the telephone's camera, and the same to type."""
    address = pyotp.TOTP(found.secret).provisioning_uri(name=username, issuer_name=ISSUER)
    spaced = " ".join(found.secret[place : place + 4] for place in range(0, len(found.secret), 4))
    return {"picture": segno.make(address, error="m").svg_data_uri(scale=5, border=2), "typed": spaced}


for view in (show, begin, confirm, renew_recovery, remove):
    view.open_before_all_is_settled = True  # type: ignore[attr-defined]
