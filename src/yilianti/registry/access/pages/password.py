"""The page on which people change their own password."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from yilianti.kernel.finding import Refused
from yilianti.kernel.pages import ANY_ACCOUNT, Request, page
from yilianti.registry.access import limits
from yilianti.registry.access.actions import accounts, trails
from yilianti.registry.access.pages.forms import PasswordForm
from yilianti.registry.access.terms import EventKind


@page(ANY_ACCOUNT, ["GET", "POST"])
def change(request: Request) -> HttpResponse:
    """Old password, new password twice; this session goes on, every other one ends."""
    actor, at = request.actor, timezone.now()
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            account = accounts.change_password(actor=actor, old=given["old_password"], new=given["new_password1"], at=at)
        except Refused as refusal:
            form.add_error(refusal.field or None, refusal.zh)
        else:
            request.user = account
            update_session_auth_hash(request, account)
            address = request.META.get("REMOTE_ADDR")
            trails.record_event(
                EventKind.PASSWORD_CHANGED, succeeded=True, at=at, account=account.pk, username=account.username, address=address
            )
            messages.success(request, "新密码已保存；其他设备上的登录已退出。")
            return redirect("/")
    return _show(request, form)


# Open to somebody whose password is due (config/middleware.py).
change.open_before_password = True  # type: ignore[attr-defined]


def _show(request: Request, form: PasswordForm) -> HttpResponse:
    signed_in = request.signed_in
    given = limits.session_limits(timezone.localdate(), signed_in.actor.scope)
    rules = [
        f"至少 {given.password_min_length} 位，不能全是数字。",
        "不能与账号、姓名相近，也不能是常见密码。",
        f"每 {given.password_change_days} 天更换一次，不与其他系统共用。",
    ]
    context = {"form": form, "forced": signed_in.must_change_password, "password_rules": rules}
    return render(request, "access/password.html", context, status=422 if form.errors else 200)
