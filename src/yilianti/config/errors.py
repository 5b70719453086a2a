"""Answers when a page is forbidden, missing or broken."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Sign in first, or say that the post lacks the permission."""
    if getattr(request, "actor", None) is None:
        if request.headers.get("HX-Request"):
            return HttpResponse(status=401, headers={"HX-Redirect": f"/login/?next={request.path}"})
        return redirect(f"/login/?next={request.path}")
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def failed(request: HttpRequest) -> HttpResponse:
    return render(request, "500.html", status=500)
