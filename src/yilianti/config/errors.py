"""Answers when a page is forbidden, missing or broken."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Sign in first, or say that the post lacks the permission."""
    if getattr(request, "actor", None) is None:
        if request.headers.get("HX-Request"):
            return HttpResponse(status=401, headers={"HX-Redirect": _login(_page_of(request))})
        return redirect(_login(request.get_full_path() if request.method == "GET" else "/"))
    return render(request, "403.html", status=403)


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token is missing or stale: open for too long, or sent from another site."""
    said = "页面打开太久，或不是从本系统提交的，内容没有保存。请返回上一页刷新后重新提交。"
    return render(request, "403.html", {"reason": said}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def no_page(request: HttpRequest, allowed: str) -> HttpResponse:
    """An address that only takes a form, opened as a page: after a refusal, from the address bar."""
    said = "这个网址只用来提交内容，不能直接打开；刚才没有提交任何内容。请从工作台重新进入。"
    response = render(request, "404.html", {"reason": said}, status=405)
    response.headers["Allow"] = allowed
    return response


def failed(request: HttpRequest) -> HttpResponse:
    """With the number under which the log tells what happened."""
    return render(request, "500.html", {"number": getattr(request, "request_id", "")}, status=500)


def _login(after: str) -> str:
    return f"/login/?next={quote(after)}"


def _page_of(request: HttpRequest) -> str:
    """The page on which a fragment was asked for."""
    parts = urlsplit(request.headers.get("HX-Current-URL", "/"))
    return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
