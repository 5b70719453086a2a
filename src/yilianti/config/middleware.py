"""What surrounds every request: who acts, reading only on GET, who was looked at, and how a refusal is answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from yilianti.kernel import pages, reading
from yilianti.kernel.finding import Refused
from yilianti.registry.access import api as access

Respond = Callable[[HttpRequest], HttpResponse]


class ActorMiddleware:
    """Sets `request.actor` from the session (None when signed out, timed out, disabled or without a post)."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = access.actor_of(request, timezone.now())  # type: ignore[attr-defined]
        response = self.get_response(request)
        looks = getattr(request, "looked_at", None)
        if looks and response.status_code < 400:
            # Committed before the first byte leaves: an unrecorded look is a failed page.
            access.record_looks(request, looks, timezone.now())
        return response


class ReadingMiddleware:
    """Runs the view of a GET where nothing but SELECT passes, and answers refusals."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any) -> HttpResponse | None:
        if request.method not in ("GET", "HEAD") or getattr(view, "writes_on_get", False):
            return None
        with reading.only_reading():
            try:
                response = view(request, *args, **kwargs)
            except Refused as refusal:
                return pages.refused(request, refusal)
            if hasattr(response, "render") and callable(response.render):
                response.render()
            return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return pages.refused(request, exception) if isinstance(exception, Refused) else None
