"""Papers: downloaded as they were issued, verified by whoever holds one; stamp images."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from yilianti.kernel.finding import Refused
from yilianti.kernel.pages import PUBLIC, Request, done, page, whole
from yilianti.registry.governance import actions, files, queries
from yilianti.registry.governance.actions.papers import STAMP, Press
from yilianti.registry.governance.pages import forms
from yilianti.registry.institutions import api as institutions
from yilianti.registry.institutions.api import Institution


def press(request: Request) -> Press:
    """Where this installation makes its papers."""
    return Press(settings.HOME / "files", settings.HOME / "keys", lambda code: request.build_absolute_uri(reverse("governance:verify", kwargs={"code": code})))


def sent(content: bytes, name: str, kind: str = "application/pdf") -> HttpResponse:
    """A file to save, kept in no cache."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type=kind, headers=headers)


@page("governance.view")
def paper(request: Request, code: str) -> HttpResponse:
    """The signed PDF, byte for byte as it was issued."""
    found = queries.paper(request.actor, code, timezone.localdate())
    if found is None:
        raise Http404("没有这份版式文件，或您无权查看。")
    return sent(files.read(settings.HOME / "files", found.sha256), f"{found.subject}-{found.code}.pdf")


@page(PUBLIC)
def verify(request: Request, code: str) -> HttpResponse:
    """For whoever holds a paper: what was issued under this code, and whether it still holds."""
    found = queries.paper_by_code(code)
    return render(request, "governance/verify.html", {"paper": found, "standing": queries.standing_of(found) if found else "", "code": code}, status=200 if found else 404)


def _place(request: Request, institution: int) -> Institution:
    found = institutions.get(institution)
    if found is None or not request.actor.may(STAMP, found.id):
        raise Http404("没有这个机构，或不归您管理。")
    return found


@page(STAMP, methods=("GET", "POST"))
def stamp(request: Request, institution: int) -> HttpResponse:
    """「印章图样」 of an institution."""
    place = _place(request, institution)
    here = reverse("governance:stamp", kwargs={"institution": place.id})
    form = forms.FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            content = form.cleaned_data["file"].read(files.LARGEST_STAMP + 1)
            actions.stamp(actor=request.actor, institution_id=place.id, content=content, store=settings.HOME / "files", at=timezone.now())
        except Refused as refusal:
            form.add_error("file", refusal.zh)
        else:
            return done(request, here, "印章图样已更换；此后签发的版式文件用新图样。")
    return render(request, "governance/stamp.html", {"institution": place, "form": form, "stamps": queries.stamps_of(place.id)}, status=422 if form.errors else 200)


@page(STAMP)
def stamp_image(request: Request, institution: int) -> HttpResponse:
    """The image in use."""
    held = queries.stamp_of(_place(request, institution).id)
    if held is None:
        raise Refused("no_stamp", "还没有印章图样；请先上传。", "no stamp yet")
    return HttpResponse(files.read(settings.HOME / "files", held.sha256), content_type="image/png", headers={"Cache-Control": "no-store"})


@page("governance.view")
def attachment(request: Request, attachment: int) -> HttpResponse:
    """A file of a document."""
    found = queries.attachment(request.actor, attachment, timezone.localdate())
    if found is None:
        raise Http404("没有这个附件，或您无权查看。")
    return sent(files.read(settings.HOME / "files", found.sha256), f"{found.document.number}-{found.id}.pdf")


def uploaded(request: Request) -> tuple[str, bytes]:
    """Name and bytes of the file in a POST; Refused without one."""
    given = whole(forms.FileForm(request.POST, request.FILES))["file"]
    if given.size > files.LARGEST_PDF:
        raise Refused("file_too_large", "文件超过 10 MB；请压缩或拆分后再上传。", "more than 10 MB", field="file")
    return str(given.name), given.read()
