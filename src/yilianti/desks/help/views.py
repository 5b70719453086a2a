"""The manual inside the platform: its contents, its pages, its pictures, and the section about the page one is on."""

from __future__ import annotations

import re

from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from yilianti.desks.help import manual
from yilianti.kernel.pages import ANY_ACCOUNT, Request, page

_PICTURE = re.compile(r"[a-z0-9-]+\.png")


@page(ANY_ACCOUNT)
def contents(request: Request) -> HttpResponse:
    """「使用手册」"""
    return _shown(request, "README")


@page(ANY_ACCOUNT)
def chapter(request: Request, name: str) -> HttpResponse:
    """One page of the manual."""
    return _shown(request, name)


@page(ANY_ACCOUNT)
def about(request: Request) -> HttpResponse:
    """The section about an address, for the help dialog; the contents where no section speaks of it."""
    section = manual.help_for(request.GET.get("path", "/"), request.actor.roles)
    return render(request, "help/_about.html", {"section": section})


@page(ANY_ACCOUNT)
def picture(request: Request, name: str) -> HttpResponseBase:
    """A picture of the manual."""
    path = manual.FOLDER / "pictures" / name
    if not _PICTURE.fullmatch(name) or not path.is_file():
        raise Http404("没有这张图。")
    return FileResponse(path.open("rb"), content_type="image/png", headers={"Cache-Control": "private, max-age=86400"})


def _shown(request: Request, name: str) -> HttpResponse:
    found = manual.page(name)
    if found is None:
        raise Http404("手册里没有这一页。")
    pages = [(one.name, one.title) for each in manual.names() if (one := manual.page(each))]
    return render(request, "help/chapter.html", {"chapter": found, "pages": pages})
