"""Coming in: what the login page and the page of the one-time code share."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from yilianti.kernel.actor import Scope
from yilianti.kernel.pages import Request
from yilianti.registry.access import browsers, limits, rules, sessions
from yilianti.registry.access.actions import logins, trails
from yilianti.registry.access.models import Account
from yilianti.registry.access.queries import actor_for
from yilianti.registry.access.terms import EventKind, Factor
from yilianti.registry.people import api as people

BACKEND = "django.contrib.auth.backends.ModelBackend"


def begin(request: Request, account: Account, factor: Factor, onward: str) -> HttpResponse:
    """Everything asked for was proved: a new session, tied to its login."""
    now = timezone.now()
    login(request, account, backend=BACKEND)
    browser = browsers.known_as(request.headers.get("User-Agent", ""))
    actor = actor_for(account.pk, now)
    made = logins.begin(actor=actor, account=account.pk, factor=factor, address=address_of(request), browser=browser, at=now)
    sessions.begin(request.session, made.pk)
    if account.last_post in {post.id for post in people.posts_of(account.person_id, timezone.localdate(now))}:
        sessions.choose_post(request.session, account.last_post)  # switched at any time in the top bar
    _warn_of_expiry(request, account, now, actor.scope if actor else limits.NATIONAL)
    return redirect(onward)


def note(request: Request, kind: EventKind, succeeded: bool, **who: Any) -> None:
    """One line of the security trail."""
    trails.record_event(kind, succeeded=succeeded, at=timezone.now(), address=address_of(request), **who)


def address_of(request: Request) -> str | None:
    return request.META.get("REMOTE_ADDR") or None


def onward_of(request: Request) -> str:
    """Where the person wanted to go, if it is a page of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    return wanted if safe and not urlsplit(wanted).path.startswith(("/login/", "/logout/")) else settings.LOGIN_REDIRECT_URL


def _warn_of_expiry(request: Request, account: Account, at: datetime, scope: Scope) -> None:
    """Days before a password expires, its owner hears of it once per sign-in."""
    rule = limits.password_limits(timezone.localdate(at), scope)
    left = rules.days_left(account.password_changed_at, rule.change_days, at)
    if not account.is_demo and left is not None and 0 < left <= rule.warn_days:
        messages.warning(request, f"密码还有 {left} 天到期，可在右上角“修改密码”里更换。")
