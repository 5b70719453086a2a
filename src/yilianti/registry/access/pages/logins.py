"""「登录的设备」: where one is signed in, and how to end it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from yilianti.kernel.finding import Refused
from yilianti.kernel.pages import ANY_ACCOUNT, Request, done, numbered, page
from yilianti.registry.access import limits
from yilianti.registry.access.actions import logins
from yilianti.registry.access.queries import logins as queries

HERE = "/sessions/"


@page(ANY_ACCOUNT)
def own(request: Request) -> HttpResponse:
    """Every sign-in going on, this one marked, and the latest that are over."""
    actor, at = request.actor, timezone.now()
    limit = limits.session_limits(timezone.localdate(at), actor.scope)
    rows = queries.of_account(actor.account or 0, limit, at)
    context = {
        "going": [row for row in rows if row.is_open],
        "over": [row for row in rows if not row.is_open],
        "this": request.signed_in.login,
        "limit": limit,
    }
    return render(request, "access/logins.html", context)


@page(ANY_ACCOUNT, ["POST"])
def end(request: Request) -> HttpResponse:
    """「结束」 one of one's own."""
    wanted = numbered(request.POST.get("login", ""))
    if wanted is None:
        raise Refused("no_login", "没有选中要结束的登录；请刷新页面再试。", "no such login")
    logins.end_own(actor=request.actor, login=wanted, at=timezone.now())
    return done(request, HERE, "已结束，那处下一次操作即回到登录页。")


@page(ANY_ACCOUNT, ["POST"])
def end_others(request: Request) -> HttpResponse:
    """「结束其他全部」"""
    many = logins.end_own(actor=request.actor, keep=request.signed_in.login, at=timezone.now())
    return done(request, HERE, f"已结束其他 {many} 处登录。" if many else "没有其他登录。")
