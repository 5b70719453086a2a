"""Each request gets a number, which stands in every line of the log it causes and in its answer; its slow statements are noted."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from django.db import connection
from django.http import HttpRequest, HttpResponse

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
