"""Accounts and grants: the list, one account, opening one."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.pages import Request, page
from yilianti.policybook import access as roles
from yilianti.registry.access import access, matrix
from yilianti.registry.access.actions import accounts as acts
from yilianti.registry.access.limits import session_limits
from yilianti.registry.access.models import Account, SecondFactor
from yilianti.registry.access.pages import forms
from yilianti.registry.access.queries import accounts as queries
from yilianti.registry.access.queries import logins
from yilianti.registry.institutions import api as institutions
from yilianti.registry.people import api as people


def places(actor: Actor, permission: str = access.GRANT) -> forms.Choices:
    """Institutions within the actor's reach, by name."""
    return sorted(institutions.names(actor.reaches(permission)).items(), key=lambda pair: pair[1])


@page("access.grant")
def directory(request: Request) -> HttpResponse:
    """Accounts in view, narrowed and paged."""
    actor, day = request.actor, timezone.localdate()
    named = roles.roles(day, actor.scope)
    form = forms.AccountFilterForm(request.GET, roles=list(named.items()), places=places(actor))
    given = form.cleaned_data if form.is_valid() else {}
    listed = queries.directory(actor, queries.Filters(**given), day, after=request.GET.get("after", ""))
    kept = {key: value for key, value in given.items() if value}
    context = {
        "form": form,
        "clear_url": "?" if kept else "",
        "rows": [_line(account, named) for account in listed.rows],
        "next_url": f"?{urlencode({**kept, 'after': listed.next_key})}" if listed.next_key else "",
    }
    return render(request, "access/directory.html", context)


@page("access.grant")
def detail(request: Request, account: int) -> HttpResponse:
    """One account: posts, roles, what each role means, and what may be done."""
    return shown(request, account_or_404(request, account))


@page("access.grant", ["GET", "POST"])
def open_account(request: Request) -> HttpResponse:
    """Open the login of somebody on the staff list; the first password is shown once."""
    actor = request.actor
    form = forms.OpenAccountForm(request.POST or None, initial={"number": request.GET.get("number", "")})
    if request.method == "POST" and form.is_valid():
        person = queries.without_account(actor, form.cleaned_data["number"])
        if person is None:
            form.add_error("number", "您管理的机构里没有这个工号；请先在“人员”中登记任职。")
        else:
            try:
                made, once = acts.open_account(actor=actor, person=person.pk, username=form.cleaned_data["username"], at=timezone.now())
            except Refused as refusal:
                form.add_error({"person": "number"}.get(refusal.field, refusal.field) or None, refusal.zh)
            else:
                return shown(request, made, once=once)
    return render(request, "access/open.html", {"form": form}, status=422 if form.errors else 200)


def account_or_404(request: Request, account: int) -> Account:
    """The account, or the same 404 for one out of reach and one that is not."""
    found = queries.one(request.actor, account)
    if found is None:
        raise Http404("没有这个账号，或不在您管理的机构。")
    return found


def shown(request: Request, account: Account, *, once: str = "", form: forms.GrantForm | None = None) -> HttpResponse:
    """The page of one account; `once` is a password that is shown this one time."""
    actor, day = request.actor, timezone.localdate()
    named = roles.roles(day, actor.scope)
    grants = queries.grants_of(account.person_id)
    context = {
        "account": account,
        "once": once,
        "grants": [_grant(actor, grant, named, day) for grant in grants],
        "grant_form": form or grant_form(None, actor, account, day),
        "own": account.pk == actor.account,
        "factor": SecondFactor.objects.filter(account=account, confirmed_at__isnull=False).first(),
        "logins": logins.of_account(account.pk, session_limits(day, actor.scope), timezone.now()),
        "roles": named,
        "rows": matrix.rows(day, actor.scope),
        "legend": matrix.LEGEND,
        "crumbs": [{"label": "权限", "url": "/access/"}, {"label": account.username}],
    }
    response = render(request, "access/detail.html", context, status=422 if form is not None else 200)
    response["Cache-Control"] = "no-store"
    return response


def grant_form(data: Any, actor: Actor, account: Account, day: date) -> forms.GrantForm:
    """A grant to this person, on what the actor may give."""
    held = people.posts_of(account.person_id, day)
    posts: forms.Choices = [(post.pk, f"{post.institution.short_name} · {post.name}") for post in held]
    # Where the person works, not whichever institution comes first: a role given too widely by a slip is hard to notice.
    initial = {"institution": held[0].institution_id} if len(held) == 1 else {}
    return forms.GrantForm(data, initial=initial, posts=posts, roles=list(roles.roles(day, actor.scope).items()), places=places(actor))


def back_to(account: int) -> HttpResponse:
    return redirect("access:detail", account=account)


def _line(account: Account, named: Any) -> dict[str, Any]:
    held = account.person.held  # type: ignore[attr-defined]
    granted = [f"{named.get(g.role, g.role)}（{g.institution.short_name}）" for post in held for g in post.going]
    return {"account": account, "posts": [f"{post.institution.short_name} · {post.name}" for post in held], "granted": granted}


def _grant(actor: Actor, grant: Any, named: Any, day: date) -> dict[str, Any]:
    going = grant.until_on is None or grant.until_on > day
    mine = grant.post.person_id == actor.person
    may_revoke = going and not mine and actor.may(access.GRANT, grant.institution_id)
    return {"grant": grant, "role": named.get(grant.role, grant.role), "going": going, "may_revoke": may_revoke}
