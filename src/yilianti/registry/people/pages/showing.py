"""The directory of staff, and one person."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from yilianti.kernel.pages import Request, page
from yilianti.kernel.tables import sheets
from yilianti.registry.people import queries, rules
from yilianti.registry.people.models import Person
from yilianti.registry.people.pages import forms
from yilianti.registry.people.terms import LicenceKind, Title

_MOST_EXPORTED = 20_000


def in_view(request: Request, number: str) -> Person:
    """The person, or the same 404 for a missing one and one out of reach."""
    found = queries.one(request.actor, number)
    if found is None:
        raise Http404("没有这个人员，或您无权查看。")
    return found


@page("people.view")
def directory(request: Request) -> HttpResponse:
    """「人员」"""
    actor, today = request.actor, timezone.localdate()
    form = forms.FilterForm(request.GET, reach=actor.reaches("people.view"))
    said = form.cleaned_data if form.is_valid() else {}
    filters = queries.Filters(said.get("text", "").strip(), said.get("institution"), said.get("title", ""), only_active=not said.get("everyone"))
    listed = queries.directory(actor, filters, today, after=request.GET.get("after", ""))
    kept = {key: value for key, value in request.GET.items() if value and key != "after"}
    return render(request, "people/directory.html", {
        "rows": [(person, Title.label(person.title)) for person in listed.rows], "form": form, "manages": actor.may("people.manage"),
        "next_url": f"?{urlencode({**kept, 'after': listed.next_key})}" if listed.next_key else "",
    })  # fmt: skip


@page("people.view")
def export(request: Request) -> HttpResponse:
    """「导出」: the list as filtered, as a workbook."""
    actor, today = request.actor, timezone.localdate()
    form = forms.FilterForm(request.GET, reach=actor.reaches("people.view"))
    said = form.cleaned_data if form.is_valid() else {}
    filters = queries.Filters(said.get("text", "").strip(), said.get("institution"), said.get("title", ""), only_active=not said.get("everyone"))
    heads = ("工号", "姓名", "职称", "工作电话", "现任岗位", "在职")
    rows = [(person.number, person.name, Title.label(person.title), person.phone, "；".join(f"{post.institution.short_name} {post.name}" for post in person.held),
             "在职" if person.is_active else "离职") for person in queries.directory(actor, filters, today, size=_MOST_EXPORTED).rows]  # fmt: skip
    return sheets.sheet("人员名录.xlsx", [heads, *rows])


@page("people.view")
def detail(request: Request, number: str) -> HttpResponse:
    """One person: posts in time, licences."""
    return render(request, "people/detail.html", shown(request, in_view(request, number)))


def shown(request: Request, person: Person) -> dict[str, Any]:
    actor, today = request.actor, timezone.localdate()
    manages = actor.may("people.manage")
    return {
        "person": person, "title_label": Title.label(person.title), "manages": manages, "may_grant": actor.may("access.grant"),
        "posts": [{"post": post, "now": post.from_on <= today and (post.until_on is None or today < post.until_on), "future": post.from_on > today,
                   "end_form": forms.EndForm(auto_id=f"end_{post.id}_%s"), "may_end": post.until_on is None and actor.may("people.manage", post.institution_id)} for post in person.posts.all()],
        "licences": [{"licence": licence, "kind": LicenceKind.label(licence.kind), "findings": rules.licence_findings(licence.until_on, today)}
                     for licence in person.licences.all()],
        "post_form": forms.PostForm(reach=actor.reaches("people.manage"), auto_id="post_%s") if manages else None,
        "licence_form": forms.LicenceForm(auto_id="licence_%s"),
    }  # fmt: skip
