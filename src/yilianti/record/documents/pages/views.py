"""Looking at documents: one as it prints on A4, and those of one encounter as a fragment."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from yilianti.kernel.pages import Request, looked_at, page
from yilianti.record.documents import queries
from yilianti.record.documents.models import Document
from yilianti.record.documents.terms import Kind, Status
from yilianti.record.encounters import api as encounters
from yilianti.registry.residents import api as residents

_TONES = {Status.FINAL: "ok", Status.CORRECTED: "info", Status.CANCELLED: "idle"}


@page("documents.view")
def detail(request: Request, number: str) -> HttpResponse:
    """One document."""
    document = queries.one(request.actor, number, timezone.now())
    if document is None:
        raise Http404("没有这份文书，或您无权查看。")
    looked_at(request, document.resident_id, encounters.purpose_of(request.actor, request.session.get(encounters.REASONS, {}), document.resident_id))
    return render(request, "documents/detail.html", {
        "file": queries.file_line(document), "picture": queries.picture(number),
        "document": document, "kind": Kind.label(document.kind), "status": Status.label(document.status), "tone": _TONES[Status(document.status)],
        "may_unseal": request.actor.may("privacy.unseal", document.institution_id),
        "notice": _notice(document), "versions": queries.versions(document), "banner": residents.banner(document.resident, timezone.localdate()), "now": timezone.now(),
    })  # fmt: skip


def _notice(document: Document) -> dict[str, Any]:
    """The line above a document that is not the one to read."""
    newer = getattr(document, "superseded_by", None) or document.overtaken_by
    if newer is not None:
        word = "作废" if newer.status == Status.CANCELLED else "更正"
        return {"text": f"这份文书已被{word}，请以新版本为准。", "number": newer.number, "label": "查看新版本"}
    if document.status == Status.CANCELLED:
        return {"text": "这份文书已由发出机构作废。", "number": document.supersedes.number if document.supersedes else "", "label": "查看原文书"}
    return {}


@page("documents.view")
def of_encounter(request: Request, number: str) -> HttpResponse:
    """The documents of one encounter, as a card."""
    actor = request.actor
    seen = encounters.visit_of(number)
    how_far = encounters.sharing(actor, seen.resident_id, timezone.now()) if seen else encounters.Sharing.NO_RELATION
    if seen is None or not (how_far.is_wide or actor.may("documents.view", seen.institution_id)):
        raise Http404("没有这次就诊，或您无权查看。")
    rows = queries.of_encounter(number, actor, how_far=how_far)
    if rows:
        looked_at(request, seen.resident_id, encounters.purpose_of(actor, request.session.get(encounters.REASONS, {}), seen.resident_id))
    return render(request, "documents/_of_encounter.html", {"rows": rows})
