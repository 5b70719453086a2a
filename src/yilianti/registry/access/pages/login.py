"""Signing in and out, choosing a post, changing one's password."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from yilianti.kernel.pages import ANY_ACCOUNT, PUBLIC, Request, page
from yilianti.registry.access import lockout, sessions
from yilianti.registry.access.actions import trails
from yilianti.registry.access.models import Account
from yilianti.registry.access.pages.forms import LoginForm
from yilianti.registry.access.terms import EventKind

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
        _note(request, EventKind.LOCKED_OUT, False, username=name)
        return _login_page(request, form, status=429)
    if account is None or (account.is_demo and not settings.DEMO_MODE):
        _note(request, EventKind.LOGIN_FAILED, False, username=name)
        form.add_error(None, WRONG)
        return _login_page(request, form, status=422)
    return _begin(request, account)


def _begin(request: Request, account: Account) -> HttpResponse:
    login(request, account)
    sessions.begin(request.session, timezone.now())
    _note(request, EventKind.LOGIN, True, account=account.pk, username=account.username)
    return redirect(_next(request))


@page(ANY_ACCOUNT, ["POST"])
def sign_out(request: Request) -> HttpResponse:
    """End the session and clear what the browser kept."""
    actor = request.actor
    _note(request, EventKind.LOGOUT, True, account=actor.account, username=request.signed_in.username)
    logout(request)
    response = redirect(settings.LOGOUT_REDIRECT_URL)
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


@page(ANY_ACCOUNT, ["POST"])
def choose_post(request: Request) -> HttpResponse:
    """Act in another of one's posts from now on; a post not held is passed over."""
    signed_in = request.signed_in
    wanted = next((post for post in signed_in.posts if str(post.id) == request.POST.get("post")), None)
    if wanted is not None:
        sessions.choose_post(request.session, wanted.id)
        _note(
            request, EventKind.POST_CHOSEN, True, account=signed_in.actor.account, username=signed_in.username, detail=wanted.label
        )
    return redirect(settings.LOGIN_REDIRECT_URL)


def locked(request: Request, original: HttpResponse | None = None, credentials: Any = None) -> HttpResponse:
    """What django-axes answers once an account is locked (AXES_LOCKOUT_CALLABLE)."""
    return _login_page(request, LoginForm(request.POST or None), status=429)


def _login_page(request: Request, form: LoginForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "next": _next(request), "demo_accounts": demo_accounts()}
    if getattr(request, "axes_locked_out", False):
        context["lockout"] = _locked_until(request, form)
    return render(request, "access/login.html", context, status=status)


def _locked_until(request: Request, form: LoginForm) -> str:
    """Until when, and whom to ask."""
    attempt = AccessAttempt.objects.filter(username=form.data.get("username", "")).order_by("-attempt_time").first()
    began = attempt.attempt_time if attempt else timezone.now()
    until = timezone.localtime(began + lockout.cool_off(request))
    limit = lockout.failure_limit(request)
    return f"密码连续输错 {limit} 次，账号已锁定到 {until:%H:%M}；到时可再试。急用请联系本机构安全管理员重设密码。"


def _next(request: Request) -> str:
    """Where the person wanted to go, if it is a page of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    return wanted if safe and urlsplit(wanted).path not in ("/login/", "/logout/") else settings.LOGIN_REDIRECT_URL


def demo_accounts() -> list[dict[str, str]]:
    """The demo accounts to offer, in demo mode only."""
    if not settings.DEMO_MODE:
        return []
    try:
        return list(json.loads((settings.HOME / "demo-accounts.json").read_text()))
    except (OSError, ValueError):
        return []


def _note(request: Request, kind: EventKind, succeeded: bool, **who: Any) -> None:
    trails.record_event(kind, succeeded=succeeded, at=timezone.now(), address=request.META.get("REMOTE_ADDR"), **who)


sign_in.open_before_password = sign_out.open_before_password = True  # type: ignore[attr-defined]
