"""The agreement on paper, and what the resident confirmed it with."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.utils import timezone

from yilianti.care.contract import sheets
from yilianti.care.contract.models import Confirmation
from yilianti.care.contract.pages.views import found
from yilianti.kernel.pages import Request, looked_at, page
from yilianti.kernel.tables.sheets import file


@page("contract.view")
def printed(request: Request, number: str) -> HttpResponse:
    """The agreement as PDF; with the signature once it was given."""
    one = found(request, number)
    looked_at(request, one.resident_id, f"打印签约协议 {number}")
    return file(f"签约协议-{number}.pdf", sheets.agreement(one, request.actor.scope, timezone.now()), "application/pdf")


@page("contract.view")
def picture(request: Request, number: str) -> HttpResponse:
    """The signature."""
    given = _confirmation(request, number)
    if not given.picture:
        raise Http404("这份签约没有屏幕签名。")
    return HttpResponse(bytes(given.picture), content_type="image/png", headers={"Cache-Control": "no-store"})


@page("contract.view")
def paper(request: Request, number: str) -> HttpResponse:
    """The scan of the signed paper."""
    given = _confirmation(request, number)
    if not given.file:
        raise Http404("这份签约没有纸质协议的扫描件。")
    kinds = {"pdf": "application/pdf", "png": "image/png"}
    return file(given.file_name, bytes(given.file), kinds.get(given.file_name.rpartition(".")[2].lower(), "image/jpeg"))


def _confirmation(request: Request, number: str) -> Confirmation:
    one = found(request, number)
    given = getattr(one, "confirmation", None)
    if given is None:
        raise Http404("这份签约还没有确认。")
    looked_at(request, one.resident_id, f"查看签约 {number} 的确认依据")
    return given
