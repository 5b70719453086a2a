"""Views that do what no view may, to see that what surrounds a request notices (tests/security/test_surroundings.py)."""

from __future__ import annotations

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.response import SimpleTemplateResponse
from django.urls import include, path

from yilianti.kernel.finding import Refused
from yilianti.kernel.pages import ANY_ACCOUNT, looked_at, page


def _write() -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO kernel_heartbeat (process, at, detail) VALUES ('x', now(), '{}')")


@page(ANY_ACCOUNT)
def writes(request: HttpRequest) -> HttpResponse:
    _write()
    return HttpResponse("written")


@page(ANY_ACCOUNT)
def writes_while_rendering(request: HttpRequest) -> HttpResponse:
    return SimpleTemplateResponse("404.html", {"home_path": _write})


@page(ANY_ACCOUNT)
def writes_in_stream(request: HttpRequest) -> HttpResponse:
    def chunks():
        yield b"first"
        _write()
        yield b"second"

    return StreamingHttpResponse(chunks())


@page(ANY_ACCOUNT)
def looks_in_stream(request: HttpRequest) -> HttpResponse:
    def chunks():
        looked_at(request, 7, "导出")
        yield "居民".encode()

    return StreamingHttpResponse(chunks())


@page(ANY_ACCOUNT)
def looks_before_stream(request: HttpRequest) -> HttpResponse:
    looked_at(request, 7, "导出")
    return StreamingHttpResponse(iter([b"a", b"b"]))


@page(ANY_ACCOUNT)
def looks(request: HttpRequest) -> HttpResponse:
    looked_at(request, 7, "接诊")
    looked_at(request, 7, "接诊")
    return HttpResponse("居民")


@page(ANY_ACCOUNT)
def looks_then_missing(request: HttpRequest) -> HttpResponse:
    looked_at(request, 7, "接诊")
    raise Http404


@page(ANY_ACCOUNT)
def foreign(request: HttpRequest, number: int) -> HttpResponse:
    raise Http404


@page("journal.view")
def not_for_everybody(request: HttpRequest) -> HttpResponse:
    return HttpResponse("journal")


@page(ANY_ACCOUNT, ["GET", "POST"])
def refuses(request: HttpRequest, code: str) -> HttpResponse:
    raise Refused(code, "不行，因为已由别人办理。")


@page(ANY_ACCOUNT, ["POST"])
def acts(request: HttpRequest) -> HttpResponse:
    _write()
    return HttpResponse("done")


urlpatterns = [
    path("writes", writes),
    path("writes-while-rendering", writes_while_rendering),
    path("writes-in-stream", writes_in_stream),
    path("looks-in-stream", looks_in_stream),
    path("looks-before-stream", looks_before_stream),
    path("looks", looks),
    path("looks-then-missing", looks_then_missing),
    path("foreign/<int:number>/", foreign),
    path("not-for-everybody", not_for_everybody),
    path("refuses/<str:code>", refuses),
    path("acts", acts),
    path("", include("yilianti.registry.access.pages.urls")),
    path("inbox/", include("yilianti.registry.inbox.pages.urls")),
]

handler403 = "yilianti.config.errors.forbidden"
handler404 = "yilianti.config.errors.not_found"
handler500 = "yilianti.config.errors.failed"
