"""What every room's pages share: who may open a view, who was looked at, and how an answer is sent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused

PUBLIC = "public"
ANY_ACCOUNT = "any_account"

View = Callable[..., HttpResponseBase]


class Request(HttpRequest):
    """A request as every view behind `page` gets it: `config/middleware.py` and django-htmx have added these."""

    actor: Actor
    signed_in: Any
    htmx: Any


def page(permission: str, methods: Sequence[str] = ("GET",)) -> Callable[[View], View]:
    """Declare a view's permission and methods; every URL carries one, and the permission matrix is made from it.

    `permission` is a word of policies/national/access/roles.csv, PUBLIC, or ANY_ACCOUNT (signed in, no more asked).
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            actor: Any = getattr(request, "actor", None)
            if permission != PUBLIC and actor is None:
                raise PermissionDenied("sign in first")
            if permission not in (PUBLIC, ANY_ACCOUNT) and not actor.may(permission):
                raise PermissionDenied(permission)
            return view(request, *args, **kwargs)

        wrapped = require_http_methods([*methods, *(["HEAD"] if "GET" in methods else [])])(guarded)
        wrapped.permission = permission  # type: ignore[attr-defined]
        wrapped.methods = tuple(methods)  # type: ignore[attr-defined]
        return wrapped

    return decorate


def numbered(text: str) -> int | None:
    """The row number a query string names; None for anything that cannot be one, however it is spelt or long."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def looked_at(request: HttpRequest, resident: int, purpose: str) -> None:
    """Note that the signed-in person saw this resident's data; the middleware writes it before the answer leaves."""
    request.__dict__.setdefault("looked_at", []).append((resident, purpose))


def answer(request: HttpRequest, whole: str, context: dict[str, Any], *, fragment: str = "", status: int = 200) -> HttpResponse:
    """The fragment to htmx, the whole page to everybody else."""
    asked: Any = getattr(request, "htmx", False)
    is_htmx = asked and not getattr(asked, "history_restore_request", False)
    return render(request, fragment if fragment and is_htmx else whole, context, status=status)


def refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """A refusal as a fragment or page, 409 for a lost race or wrong state, 403 without permission, else 422."""
    status = {"wrong_state": 409, "changed_meanwhile": 409, "not_permitted": 403}.get(refusal.code, 422)
    is_htmx = getattr(request, "htmx", False)
    template = "components/refusal.html" if is_htmx else "refused.html"
    # Who lost a race stands before a page that no longer holds: offer it anew.
    here = urlsplit(request.headers.get("HX-Current-URL", "")).path if status == 409 else ""
    return render(request, template, {"refusal": refusal, "url": here}, status=status)


def whole(form: Any) -> dict[str, Any]:
    """The form's content, or Refused with its first fault: for dialogs, which show a refusal in place."""
    if not form.is_valid():
        field, errors = next(iter(form.errors.items()))
        raise Refused("form_incomplete", fault_of(form, field, str(errors[0])), field=field)
    return dict(form.cleaned_data)


def fault_of(form: Any, field: str, said: str) -> str:
    """A form's fault as a sentence that names the field: beside the field it goes without saying, in a refusal it does not."""
    label = str(form.fields[field].label or "") if field in form.fields else ""
    return f"{label}：{said}" if label and label not in said else said


def blame(form: Any, refusal: Refused) -> None:
    """Show a refusal at the field it names, or above the form."""
    form.add_error(refusal.field if refusal.field in form.fields else None, refusal.zh)


def done(request: HttpRequest, url: str, text: str) -> HttpResponse:
    """Say what was done and go on to `url`, for plain forms and for htmx dialogs alike."""
    messages.success(request, text)
    return HttpResponse(status=204, headers={"HX-Redirect": url}) if getattr(request, "htmx", False) else redirect(url)


@dataclass(frozen=True)
class Slice:
    """One keyset page: its rows, and the key from which the next one starts ("" at the end)."""

    rows: list[Any]
    next_key: str


def keyset(rows: Sequence[Any], size: int, key: Callable[[Any], object]) -> Slice:
    """Cut `size` rows off a list fetched with one row too many."""
    shown = list(rows[:size])
    return Slice(shown, str(key(shown[-1])) if len(rows) > size and shown else "")
