"""Signing in and out, choosing a post."""

from __future__ import annotations

import json
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth import authenticate, logout
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from yilianti.kernel.pages import ANY_ACCOUNT, PUBLIC, Request, page
from yilianti.registry.access import lockout, sessions
from yilianti.registry.access.actions import logins, passwords
from yilianti.registry.access.models import SecondFactor
from yilianti.registry.access.pages import code, entering
from yilianti.registry.access.pages.forms import LoginForm
from yilianti.registry.access.terms import EventKind, Factor

WRONG = "账号或密码不正确；连续输错会暂时锁定账号。忘记密码请联系本机构安全管理员。"


@page(PUBLIC, ["GET", "POST"])
def sign_in(request: Request) -> HttpResponse:
    """The login page; a POST begins a new session or says why not."""
    if request.method != "POST":
        return _login_page(request, LoginForm())
    form = LoginForm(request.POST)
    if not form.is_valid():
        return _login_page(request, form, status=422)
    account = authenticate(request, **form.cleaned_data)
    name = form.cleaned_data["username"]
    if getattr(request, "axes_locked_out", False):
        entering.note(request, EventKind.LOCKED_OUT, False, username=name)
        return _login_page(request, form, status=429)
    if account is None or (account.is_demo and not settings.DEMO_MODE):
        entering.note(request, EventKind.LOGIN_FAILED, False, username=name)
        form.add_error(None, WRONG)
        return _login_page(request, form, status=422)
    if not settings.DEMO_MODE:
        passwords.demand_another_if_known(account=account, password=form.cleaned_data["password"], at=timezone.now())
    onward = entering.onward_of(request)
    if SecondFactor.objects.filter(account=account, confirmed_at__isnull=False).exists():
        return code.owed(request, account, onward)
    return entering.begin(request, account, Factor.PASSWORD, onward)


@page(ANY_ACCOUNT, ["POST"])
def sign_out(request: Request) -> HttpResponse:
    """End the session and clear what the browser kept."""
    actor = request.actor
    entering.note(request, EventKind.LOGOUT, True, account=actor.account, username=request.signed_in.username)
    logins.sign_out(login=request.signed_in.login, at=timezone.now())
    logout(request)
    response = redirect(settings.LOGOUT_REDIRECT_URL)
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


@page(ANY_ACCOUNT, ["GET", "POST"])
def choose_post(request: Request) -> HttpResponse:
    """「以哪个岗位办事」: act in one of one's posts from now on; a post not held is passed over."""
    signed_in = request.signed_in
    if request.method != "POST":
        return render(request, "access/posts.html", {"choice": signed_in.posts})
    wanted = next((post for post in signed_in.posts if str(post.id) == request.POST.get("post")), None)
    if wanted is not None:
        sessions.choose_post(request.session, wanted.id)
        logins.remember_post(account=signed_in.actor.account, post=wanted.id)
        entering.note(
            request, EventKind.POST_CHOSEN, True, account=signed_in.actor.account, username=signed_in.username, detail=wanted.label
        )
    return redirect(settings.LOGIN_REDIRECT_URL)


def locked(request: Request, original: HttpResponse | None = None, credentials: Any = None) -> HttpResponse:
    """What django-axes answers once an account is locked (AXES_LOCKOUT_CALLABLE)."""
    return _login_page(request, LoginForm(request.POST or None), status=429)


def _login_page(request: Request, form: LoginForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "next": entering.onward_of(request), "demo_accounts": demo_accounts()}
    if getattr(request, "axes_locked_out", False):
        context["lockout"] = _locked_until(request, str(getattr(request, "locked_name", form.data.get("username", ""))))
    return render(request, "access/login.html", context, status=status)


def _locked_until(request: Request, username: str) -> str:
    """Until when, and whom to ask."""
    attempt = AccessAttempt.objects.filter(username=username).order_by("-attempt_time").first()
    began = attempt.attempt_time if attempt else timezone.now()
    until = timezone.localtime(began + lockout.cool_off(request))
    limit = lockout.failure_limit(request)
    return f"密码连续输错 {limit} 次，账号已锁定到 {until:%H:%M}；到时可再试。急用请联系本机构安全管理员重设密码。"


def demo_accounts() -> list[dict[str, str]]:
    """The demo accounts to offer, in demo mode only."""
    if not settings.DEMO_MODE:
        return []
    try:
        return list(json.loads((settings.HOME / "demo-accounts.json").read_text()))
    except (OSError, ValueError):
        return []


sign_in.open_before_all_is_settled = sign_out.open_before_all_is_settled = True  # type: ignore[attr-defined]
