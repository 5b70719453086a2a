"""Files of the record: attached from another room's form, shown or saved."""

from __future__ import annotations

from urllib.parse import quote

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from yilianti import policybook
from yilianti.kernel.finding import Refused
from yilianti.kernel.pages import Request, looked_at, page
from yilianti.record.documents import access, queries
from yilianti.record.documents.attaching import LIMIT
from yilianti.record.documents.attaching import attach as attach_file
from yilianti.record.documents.terms import PICTURES, SHOWN
from yilianti.record.encounters import api as encounters
from yilianti.registry.residents import api as residents

#: Nothing in a file may run, load or be framed by another site.
_LOCKED = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; object-src 'self'; frame-ancestors 'self'"


@page("documents.attach", methods=("GET", "POST"))
def attach(request: Request, number: str) -> HttpResponse:
    """GET: the box to choose a file. POST: the file becomes a document of the record and comes back as a ticked line."""
    resident = residents.by_number(number)
    if resident is None or not access.may_attach(request.actor, request.actor.institution, resident.pk):
        raise Http404("没有这位居民，或您的岗位不能给他附文件。")
    limit = policybook.in_force(LIMIT, timezone.localdate(), request.actor.scope).megabytes
    if request.method == "GET":
        return render(request, "documents/_attach.html", {"number": number, "megabytes": limit})
    sent = request.FILES.get("file")
    if sent is None:
        raise Refused("file_missing", "请先选择要附上的文件。", "choose a file", field="file")
    content = sent.read(limit * 1024 * 1024 + 1)  # one byte too many tells enough
    made = attach_file(actor=request.actor, resident_id=resident.pk, name=sent.name or "", content=content, at=timezone.now())
    looked_at(request, resident.pk, "书写转诊单")
    return render(request, "documents/_attached.html", {"file": made, "is_picture": made.media in PICTURES})


@page("documents.view")
def file(request: Request, number: str) -> HttpResponse:
    """The file itself; images and PDF are shown, everything else is saved."""
    found = queries.file_of(request.actor, number, timezone.now())
    if found is None:
        raise Http404("没有这个文件，或您无权查看。")
    resident = found.document.resident_id
    looked_at(request, resident, encounters.purpose_of(request.actor, request.session.get(encounters.REASONS, {}), resident))
    how = "inline" if found.media in SHOWN else "attachment"
    return HttpResponse(bytes(found.content), content_type=found.media, headers={
        "Content-Disposition": f"{how}; filename=\"{number}\"; filename*=UTF-8''{quote(found.name)}", "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff", "Content-Security-Policy": _LOCKED,
    })  # fmt: skip
