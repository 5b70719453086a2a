"""What surrounds every request: who acts, reading only on GET, who was looked at, and how a refusal is answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from yilianti.config import errors
from yilianti.kernel import pages, reading
from yilianti.kernel.finding import Refused
from yilianti.registry.access import api as access

Respond = Callable[[HttpRequest], HttpResponse]

#: Answers that show nothing of a resident, so that no look is noted for them.
SHOWS_NOTHING = (401, 403, 404, 405)


class ActorMiddleware:
    """Sets `request.actor` and `request.signed_in` from the session; None when signed out, idle, disabled or without a post."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        claim = access.sessions.claim_of(request.session)
        found = access.signed_in(claim, timezone.now(), demo_mode=settings.DEMO_MODE) if claim else None
        request.signed_in = found  # type: ignore[attr-defined]
        request.actor = found.actor if found else None  # type: ignore[attr-defined]
        if claim and found is None:
            _end(request, claim)
        if found and found.broken_grants:
            access.record_broken_grants(found, address=request.META.get("REMOTE_ADDR"), at=timezone.now())
        response = self.get_response(request)
        _keep_trails(request, response)
        if found:  # nothing of a resident stays in the browser of a shared workstation, nor comes back with its back button
            response.headers.setdefault("Cache-Control", "private, no-store")
        if found and found.seen_at and request.session.session_key and not _is_background(request):
            access.logins.touch(found.login, found.seen_at, timezone.now())
        return response

    def process_view(self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any) -> HttpResponse | None:
        """Somebody who owes a new password or a second factor sees only the pages where they settle it."""
        found = request.signed_in  # type: ignore[attr-defined]
        if found and found.first and not getattr(view, "open_before_all_is_settled", False):
            return _led_to(request, found.first, is_poll=getattr(view, "background", False))
        return None


class ReadingMiddleware:
    """Runs the view of a GET where nothing but SELECT passes, and answers refusals."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any) -> HttpResponse | None:
        if request.method not in ("GET", "HEAD"):
            return None
        with reading.only_reading():
            try:
                response = view(request, *args, **kwargs)
            except Refused as refusal:
                return pages.refused(request, refusal)
            if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
                return errors.no_page(request, response.headers.get("Allow", ""))
            if hasattr(response, "render") and callable(response.render):
                response.render()
        if isinstance(response, StreamingHttpResponse):
            response.streaming_content = _read_only_stream(request, response.streaming_content)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return pages.refused(request, exception) if isinstance(exception, Refused) else None


class LookedTooLate(RuntimeError):
    """A stream noted a look after its first byte had left."""


def _read_only_stream(request: HttpRequest, chunks: Any) -> Iterator[bytes]:
    """Each chunk of a stream under the same guard; whom it shows must be noted before it begins."""
    source, noted = iter(chunks), len(getattr(request, "looked_at", ()))
    while True:
        with reading.only_reading():
            try:
                chunk = next(source)
            except StopIteration:
                return
        if len(getattr(request, "looked_at", ())) != noted:
            raise LookedTooLate(request.path)
        yield chunk


def _keep_trails(request: HttpRequest, response: HttpResponse) -> None:
    """Committed before the first byte leaves: an unrecorded look is a failed page."""
    now, address = timezone.now(), request.META.get("REMOTE_ADDR")
    actor = request.actor  # type: ignore[attr-defined]
    looks = getattr(request, "looked_at", None)
    if looks and response.status_code not in SHOWS_NOTHING and response.status_code < 500:
        access.record_looks(actor=actor, looks=looks, path=request.path, address=address, at=now)
    if actor is not None and response.status_code in (403, 404) and request.resolver_match is not None:
        kind = access.EventKind.REFUSED if response.status_code == 403 else access.EventKind.NOT_FOUND
        detail = f"{request.method} {request.path}"
        access.record_event(
            kind, succeeded=False, at=now, account=actor.account, username=request.signed_in.username, address=address, detail=detail  # type: ignore[attr-defined]
        )


def _led_to(request: HttpRequest, name: str, *, is_poll: bool) -> HttpResponse:
    """To that page: for a fragment by the whole window; a poll has no page to lead to, and would lead there without end."""
    if is_poll:
        return HttpResponse(status=204)
    if request.headers.get("HX-Request"):
        return HttpResponse(status=401, headers={"HX-Redirect": reverse(name)})
    return redirect(name)


def _end(request: HttpRequest, claim: access.sessions.Claim) -> None:
    """A session whose claim no longer holds is emptied at once, here or wherever else it is used."""
    now, address = timezone.now(), request.META.get("REMOTE_ADDR")
    access.logins.lapse(login=claim.login, account=claim.account, at=now)
    access.record_event(access.EventKind.IDLE_END, succeeded=True, at=now, account=claim.account, address=address)
    request.session.flush()


def _is_background(request: HttpRequest) -> bool:
    """A badge that asks by itself is no sign that somebody sits there."""
    match = request.resolver_match
    return bool(match and getattr(match.func, "background", False))
