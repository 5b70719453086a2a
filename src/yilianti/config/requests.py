"""Each request gets a number, which stands in every line of the log it causes and in its answer; its slow statements are noted; a NUL is turned away."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse

from yilianti.config import logs
from yilianti.kernel import slow


class NumberedMiddleware:
    """Outermost, so that whatever fails inside has its number."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        number = secrets.token_hex(4)
        token = logs.request_id.set(number)
        request.request_id = number  # type: ignore[attr-defined]
        slow.watch(connection)
        try:
            response = self.get_response(request)
        finally:
            logs.request_id.reset(token)
        response["X-Request-ID"] = number
        return response


class NulMiddleware:
    """An address with a NUL in it, which no browser sends and PostgreSQL stores in no text, leads nowhere."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any) -> None:
        """Late, so that the answer is the page for a missing address, shown to whoever is signed in."""
        said = [request.path, *(value for values in request.GET.lists() for value in (values[0], *values[1]))]
        if any("\0" in one for one in said):
            raise Http404
