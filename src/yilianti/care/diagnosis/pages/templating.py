"""Report templates on the reading desk: listed, kept, dropped."""

from __future__ import annotations

from django.db.models import F, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from yilianti.care.diagnosis import actions
from yilianti.care.diagnosis.models import ReportTemplate
from yilianti.kernel.actor import Actor
from yilianti.kernel.pages import Request, page


def _seen(actor: Actor) -> QuerySet[ReportTemplate]:
    return ReportTemplate.objects.filter(Q(owner=actor.person) | Q(owner__isnull=True), centre=actor.institution)


def _listed(request: Request) -> HttpResponse:
    actor = request.actor
    rows = _seen(actor).order_by(F("owner").asc(nulls_last=True), "name")
    return render(request, "diagnosis/_templates.html", {"templates": rows, "shares": actor.may("diagnosis.delegate", actor.institution), "stays_open": request.method == "POST"})


@page("diagnosis.conclude")
def templates(request: Request) -> HttpResponse:
    """One's own templates and those of the centre, as a fragment of the desk."""
    return _listed(request)


@page("diagnosis.conclude", methods=("POST",))
def keep_template(request: Request) -> HttpResponse:
    """「存为模板」: the statements and words now on the desk."""
    post = request.POST
    actions.keep_template(actor=request.actor, name=post.get("template", ""), statements=[code[:24] for code in post.getlist("statements")][:40],
                          conclusion=post.get("conclusion", ""), shared=bool(post.get("shared")), at=timezone.now())  # fmt: skip
    return _listed(request)


@page("diagnosis.conclude", methods=("POST",))
def drop_template(request: Request, template: int) -> HttpResponse:
    """「删除模板」"""
    if not _seen(request.actor).filter(pk=template).exists():
        raise Http404("没有这个模板，或您无权删除。")
    actions.drop_template(actor=request.actor, template=template, at=timezone.now())
    return _listed(request)
