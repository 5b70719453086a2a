"""What the security administrator does to an account: one POST, one act."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.utils import timezone

from yilianti.kernel.finding import Refused
from yilianti.kernel.pages import Request, page
from yilianti.registry.access.actions import accounts as acts
from yilianti.registry.access.actions import granting, logins, second_factor
from yilianti.registry.access.pages import accounts as pages
from yilianti.registry.access.queries import accounts as queries
from yilianti.registry.access.queries import logins as login_queries


@page("access.grant", ["POST"])
def disable(request: Request, account: int) -> HttpResponse:
    """「停用」"""
    found = pages.account_or_404(request, account)
    acts.disable_account(actor=request.actor, account=found.pk, at=timezone.now())
    messages.success(request, f"账号 {found.username} 已停用，所有登录即刻失效。")
    return pages.back_to(found.pk)


@page("access.grant", ["POST"])
def enable(request: Request, account: int) -> HttpResponse:
    """「启用」"""
    found = pages.account_or_404(request, account)
    acts.enable_account(actor=request.actor, account=found.pk, at=timezone.now())
    messages.success(request, f"账号 {found.username} 已启用。")
    return pages.back_to(found.pk)


@page("access.grant", ["POST"])
def reset_password(request: Request, account: int) -> HttpResponse:
    """「重设密码」: the passing password is shown once and kept nowhere."""
    found = pages.account_or_404(request, account)
    found, once = acts.reset_password(actor=request.actor, account=found.pk, at=timezone.now())
    return pages.shown(request, found, once=once)


@page("access.grant", ["POST"])
def reset_factor(request: Request, account: int) -> HttpResponse:
    """「重置动态口令」: for a lost telephone; every login of the person ends."""
    found = pages.account_or_404(request, account)
    second_factor.reset(actor=request.actor, account=found.pk, at=timezone.now())
    messages.success(request, f"账号 {found.username} 的动态口令已重置，所有登录即刻失效。")
    return pages.back_to(found.pk)


@page("access.grant", ["POST"])
def end_logins(request: Request, account: int) -> HttpResponse:
    """「结束全部登录」"""
    found = pages.account_or_404(request, account)
    many = logins.end_anybody(actor=request.actor, account=found.pk, at=timezone.now())
    messages.success(request, f"已结束账号 {found.username} 的 {many} 处登录。")
    return pages.back_to(found.pk)


@page("access.grant", ["POST"])
def end_login(request: Request, login: int) -> HttpResponse:
    """「结束」 one login of somebody in reach."""
    found = login_queries.in_view(request.actor, login)
    if found is None:
        raise Http404
    logins.end_anybody(actor=request.actor, account=found.account_id, login=found.pk, at=timezone.now())
    messages.success(request, "已结束，那处下一次操作即回到登录页。")
    return pages.back_to(found.account_id)


@page("access.grant", ["POST"])
def grant(request: Request, account: int) -> HttpResponse:
    """「授予」"""
    actor, at = request.actor, timezone.now()
    found = pages.account_or_404(request, account)
    form = pages.grant_form(request.POST, actor, found, timezone.localdate(at))
    if not form.is_valid():
        return pages.shown(request, found, form=form)
    try:
        granting.grant(actor=actor, at=at, **form.cleaned_data)
    except Refused as refusal:
        form.add_error(refusal.field or None, refusal.zh)
        return pages.shown(request, found, form=form)
    messages.success(request, "已授予，对方下一次操作即生效。")
    return pages.back_to(found.pk)


@page("access.grant", ["POST"])
def revoke(request: Request, grant: int) -> HttpResponse:
    """「收回」"""
    actor = request.actor
    found = queries.grant_in_view(actor, grant)
    if found is None:
        raise Http404
    granting.revoke(actor=actor, grant=found.pk, at=timezone.now())
    messages.success(request, "已收回，对方下一次操作即失效。")
    return pages.back_to(found.post.person.account.pk)
