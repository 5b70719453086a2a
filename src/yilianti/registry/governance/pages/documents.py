"""Documents: written, sent for signature, signed, amended, ended; their files and papers."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from yilianti.kernel import journal
from yilianti.kernel.finding import Refused
from yilianti.kernel.pages import Request, blame, done, page, whole
from yilianti.registry.governance import access, actions, queries
from yilianti.registry.governance.lifecycle import DOCUMENT
from yilianti.registry.governance.models import Document
from yilianti.registry.governance.pages import forms, showing
from yilianti.registry.governance.pages.overview import kept_or_404
from yilianti.registry.governance.pages.papers import press, uploaded
from yilianti.registry.governance.terms import ClauseKind, DocumentState

MANAGE = "governance.manage"


def _at(number: str) -> str:
    return reverse("governance:document", kwargs={"number": number})


def document_or_404(request: Request, number: str) -> Document:
    found = queries.document(request.actor, number, timezone.localdate())
    if found is None:
        raise Http404("没有这份文件，或您无权查看。")
    return found


@page("governance.view")
def document(request: Request, number: str) -> HttpResponse:
    """One version of a document."""
    found, today = document_or_404(request, number), timezone.localdate()
    keeps = access.may_manage(request.actor, found.consortium, today)
    parties = list(found.parties.select_related("institution"))
    unsigned = [(p.institution_id, p.institution.name) for p in parties if p.signed_on is None]
    return render(request, "governance/document.html", {
        **showing.document_row(found, today), "keeps": keeps, "steps": {row.action for row in DOCUMENT.open_to(found.state)} if keeps else set(), "parties": parties,
        "clauses": [(c, ClauseKind.label(c.kind)) for c in found.clauses.select_related("party")], "attachments": list(found.attachments.order_by("id")),
        "next": found.amended_by.exclude(state=DocumentState.DISCARDED.value).first(), "papers": queries.papers(found.number), "unsigned": unsigned,
        "sign_form": forms.SignForm(unsigned=unsigned, auto_id="sign_%s"), "end_form": forms.EndForm(auto_id="end_%s"), "recall_form": forms.BecauseForm(auto_id="recall_%s"),
        "discard_form": forms.BecauseForm(auto_id="discard_%s"), "file_form": forms.FileForm(auto_id="file_%s"), "history": journal.history(f"governance:{found.number}"),
    })  # fmt: skip


@page(MANAGE, methods=("GET", "POST"))
def draft(request: Request, code: str) -> HttpResponse:
    """「起草文件」"""
    of = kept_or_404(request, code)
    form = forms.DocumentForm(request.POST or None, of=of)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.draft(actor=request.actor, consortium=of.code, text=form.text(), at=timezone.now())
        except Refused as refusal:
            blame(form, refusal)
        else:
            return done(request, _at(made.number), "已起草；核对后送签。")
    return render(request, "governance/document_form.html", {"form": form, "heading": "起草文件", "consortium": of}, status=422 if form.errors else 200)


@page(MANAGE, methods=("GET", "POST"))
def revise(request: Request, number: str) -> HttpResponse:
    """「修改文件」"""
    found = document_or_404(request, number)
    access.require_manage(request.actor, found.consortium, timezone.localdate())
    form = forms.DocumentForm(request.POST or None, of=found.consortium, clauses=found.clauses.count(), initial=forms.DocumentForm.of_document(found))
    if request.method == "POST" and form.is_valid():
        try:
            actions.revise(actor=request.actor, number=number, text=form.text(), at=timezone.now())
        except Refused as refusal:
            blame(form, refusal)
        else:
            return done(request, _at(number), "已保存。")
    return render(request, "governance/document_form.html", {"form": form, "heading": f"修改：{found.title}", "consortium": found.consortium, "document": found},
                  status=422 if form.errors else 200)  # fmt: skip


@page(MANAGE, methods=("POST",))
def amend(request: Request, number: str) -> HttpResponse:
    """「起草新版」"""
    document_or_404(request, number)
    made = actions.amend(actor=request.actor, number=number, at=timezone.now())
    return done(request, reverse("governance:revise", kwargs={"number": made.number}), f"已起草第 {made.version} 版；旧版在新版签署完成前继续有效。")


@page(MANAGE, methods=("POST",))
def circulate(request: Request, number: str) -> HttpResponse:
    """「送签」"""
    document_or_404(request, number)
    actions.circulate(actor=request.actor, number=number, at=timezone.now())
    return done(request, _at(number), "已送签；各方签署后在此登记。")


@page(MANAGE, methods=("POST",))
def recall(request: Request, number: str) -> HttpResponse:
    """「退回修改」"""
    document_or_404(request, number)
    actions.recall(actor=request.actor, number=number, at=timezone.now(), **whole(forms.BecauseForm(request.POST)))
    return done(request, _at(number), "已退回修改；此前的签署不再算数。")


@page(MANAGE, methods=("POST",))
def sign(request: Request, number: str) -> HttpResponse:
    """「登记签署」"""
    found = document_or_404(request, number)
    parties = [(p.institution_id, str(p)) for p in found.parties.all()]
    signed = actions.sign(actor=request.actor, number=number, at=timezone.now(), **whole(forms.SignForm(request.POST, unsigned=parties)))
    return done(request, _at(number), "各方已签署，文件生效。" if signed.state == DocumentState.IN_FORCE else "已登记签署。")


@page(MANAGE, methods=("POST",))
def end(request: Request, number: str) -> HttpResponse:
    """「终止」"""
    document_or_404(request, number)
    ended = actions.end(actor=request.actor, number=number, at=timezone.now(), **whole(forms.EndForm(request.POST)))
    return done(request, _at(number), f"自 {ended.ended_on} 起终止。")


@page(MANAGE, methods=("POST",))
def discard(request: Request, number: str) -> HttpResponse:
    """「作废」"""
    document_or_404(request, number)
    actions.discard(actor=request.actor, number=number, at=timezone.now(), **whole(forms.BecauseForm(request.POST)))
    return done(request, _at(number), "已作废。")


@page(MANAGE, methods=("POST",))
def attach(request: Request, number: str) -> HttpResponse:
    """「附上 PDF」"""
    document_or_404(request, number)
    name, content = uploaded(request)
    actions.attach(actor=request.actor, number=number, name=name, content=content, store=settings.HOME / "files", at=timezone.now())
    return done(request, _at(number), "已附上。")


@page(MANAGE, methods=("POST",))
def issue_document(request: Request, number: str) -> HttpResponse:
    """「签发 PDF」"""
    document_or_404(request, number)
    actions.issue_document(actor=request.actor, number=number, press=press(request), at=timezone.now())
    return done(request, _at(number), "已签发，可在“版式文件”下载。")
