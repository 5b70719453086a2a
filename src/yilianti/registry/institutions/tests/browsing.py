"""A page asked for by an actor, without a login: routing, the guard of reading and refusals as in the real middleware."""

from __future__ import annotations

from typing import Any

from django.contrib.messages.storage.base import BaseStorage
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.test import RequestFactory
from django.urls import resolve

from yilianti.kernel import pages, reading
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused


class Kept(BaseStorage):
    """Messages of one request."""

    def _get(self, *args: Any, **kwargs: Any) -> tuple[list[Any], bool]:
        return [], True

    def _store(self, messages: Any, response: Any, *args: Any, **kwargs: Any) -> list[Any]:
        return []


def visit(actor: Actor, path: str, data: dict[str, Any] | None = None, *, htmx: bool = False) -> HttpResponse:
    """GET, or POST when `data` is given; `response.looks` lists the residents that were seen, `response.said` the messages."""
    made = RequestFactory(headers={"HX-Request": "true"} if htmx else {})
    request = made.get(path) if data is None else made.post(path, data)
    request.actor, request.htmx, request._messages = actor, htmx, Kept(request)  # type: ignore[attr-defined]
    found = resolve(request.path)
    try:
        if data is None:
            with reading.only_reading():
                response = found.func(request, *found.args, **found.kwargs)
        else:
            response = found.func(request, *found.args, **found.kwargs)
    except Refused as refusal:
        response = pages.refused(request, refusal)
    except PermissionDenied:
        response = HttpResponse(status=403)
    except Http404:
        response = HttpResponse(status=404)
    response.looks = getattr(request, "looked_at", [])  # type: ignore[attr-defined]
    response.said = [str(message) for message in request._messages._queued_messages]  # type: ignore[attr-defined]
    return response


def text(response: HttpResponse) -> str:
    return response.content.decode()
