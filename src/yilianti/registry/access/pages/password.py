"""The page on which people change their own password."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from yilianti.kernel.finding import Refused
from yilianti.kernel.pages import ANY_ACCOUNT, Request, page
from yilianti.registry.access import limits, lockout
from yilianti.registry.access.actions import passwords
from yilianti.registry.access.pages import entering
from yilianti.registry.access.pages.forms import PasswordForm
from yilianti.registry.access.terms import EventKind


@page(ANY_ACCOUNT, ["GET", "POST"])
def change(request: Request) -> HttpResponse:
    """Old password, new password twice; this session goes on, every other one ends."""
    form = PasswordForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _show(request, form)
    name, login = request.signed_in.username, request.signed_in.login
    if lockout.is_locked(request, name):
        raise Refused("locked", "当前密码输错次数太多，已暂时锁定；请稍后再试。", "locked")
    given = form.cleaned_data
    try:
        account = passwords.change_password(
            actor=request.actor, old=given["old_password"], new=given["new_password1"], at=timezone.now(), keep=login
        )
    except Refused as refusal:
        if refusal.code == "wrong_password":
            lockout.count_failure(request, name)
        form.add_error(refusal.field or None, refusal.zh)
        return _show(request, form)
    request.user = account
    update_session_auth_hash(request, account)
    entering.note(request, EventKind.PASSWORD_CHANGED, True, account=account.pk, username=account.username)
    messages.success(request, "新密码已保存；其他设备上的登录已退出。")
    return redirect("/")


# Open to somebody whose password is due (config/middleware.py).
change.open_before_all_is_settled = True  # type: ignore[attr-defined]


def _show(request: Request, form: PasswordForm) -> HttpResponse:
    signed_in = request.signed_in
    rule = limits.password_limits(timezone.localdate(), signed_in.actor.scope)
    context = {"form": form, "forced": signed_in.must_change_password, "rule": rule}
    return render(request, "access/password.html", context, status=422 if form.errors else 200)
