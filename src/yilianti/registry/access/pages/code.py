"""The second step of signing in: the code from the telephone, or one from the paper."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from yilianti.kernel.pages import PUBLIC, Request, page
from yilianti.registry.access import limits, lockout, queries, sessions
from yilianti.registry.access.actions import second_factor
from yilianti.registry.access.models import Account
from yilianti.registry.access.pages import entering
from yilianti.registry.access.pages.forms import CodeForm
from yilianti.registry.access.terms import EventKind, Factor


def owed(request: Request, account: Account, onward: str) -> HttpResponse:
    """The password was right: a fresh session that may do nothing but give the code."""
    request.session.flush()
    half = sessions.Half(account.pk, queries.fingerprint(account.password), timezone.now().timestamp(), onward)
    sessions.owe(request.session, half)
    return redirect("access:code")


@page(PUBLIC, ["GET", "POST"])
def ask(request: Request) -> HttpResponse:
    """「动态口令」: right within some minutes of the password, else from the beginning."""
    at = timezone.now()
    half = sessions.half_of(request.session, at, limits.factor_limits(timezone.localdate(at), limits.NATIONAL).code_minutes)
    account = Account.objects.filter(pk=half.account, is_active=True).first() if half else None
    if half is None or account is None or not constant_time_compare(half.fingerprint, queries.fingerprint(account.password)):
        return _shown(request, None, status=409)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return _tried(request, half, account, form)
    return _shown(request, form)


def _tried(request: Request, half: sessions.Half, account: Account, form: CodeForm) -> HttpResponse:
    if lockout.is_locked(request, account.username):
        return _locked(request, account)
    factor = second_factor.prove(account=account.pk, code=form.cleaned_data["code"], at=timezone.now())
    if factor is not None:
        if factor is Factor.RECOVERY:
            entering.note(request, EventKind.RECOVERY_USED, True, account=account.pk, username=account.username)
        return entering.begin(request, account, factor, half.onward)
    entering.note(request, EventKind.CODE_FAILED, False, account=account.pk, username=account.username)
    if lockout.count_failure(request, account.username):
        return _locked(request, account)
    form.add_error("code", second_factor.WRONG)
    return _shown(request, form)


def _locked(request: Request, account: Account) -> HttpResponse:
    """The password must be given again; django-axes answers with the login page and the time (config/settings.py)."""
    entering.note(request, EventKind.LOCKED_OUT, False, account=account.pk, username=account.username)
    request.session.flush()
    return redirect("access:login")


def _shown(request: Request, form: CodeForm | None, status: int = 200) -> HttpResponse:
    response = render(request, "access/code.html", {"form": form}, status=422 if form and form.errors else status)
    response["Cache-Control"] = "no-store"
    return response


ask.open_before_all_is_settled = True  # type: ignore[attr-defined]
