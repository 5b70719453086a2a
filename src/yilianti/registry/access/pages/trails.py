"""The auditor's pages: who looked, what happened at the door, the journal and its chain."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from yilianti.kernel.pages import Request, Slice, numbered, page
from yilianti.kernel.tables.sheets import sheet
from yilianti.registry.access import access
from yilianti.registry.access.actions import auditing
from yilianti.registry.access.models import AccessLog
from yilianti.registry.access.pages import forms
from yilianti.registry.access.pages.accounts import places
from yilianti.registry.access.queries import trails
from yilianti.registry.access.terms import EventKind
from yilianti.registry.institutions import api as institutions
from yilianti.registry.people import api as people
from yilianti.registry.residents import api as residents

#: More lines than a spreadsheet reader wants at once; narrow by date for the rest.
LARGEST_EXPORT = 20_000
COLUMNS = ("时间", "查看人工号", "查看人", "机构", "居民编号", "目的", "页面", "网络地址")


@page("access.view_log")
def looks(request: Request) -> HttpResponse:
    """Who looked at whom, when, from where and why."""
    actor = request.actor
    form = forms.LogFilterForm(request.GET, places=places(actor, access.VIEW_LOG))
    given = _given(form)
    listed = trails.looks(actor, trails.LogFilters(**_by_id(given)), before=numbered(request.GET.get("before", "")))
    context = {"form": form, "rows": named(listed.rows), **_paged(given, listed), "given": given, "largest": LARGEST_EXPORT}
    return render(request, "access/looks.html", context)


@page("access.view_log", ["POST"])
def export_looks(request: Request) -> HttpResponse:
    """The same lines as CSV; taking them out is journalled, so it is a POST."""
    actor, at = request.actor, timezone.now()
    given = _given(forms.LogFilterForm(request.POST, places=places(actor, access.VIEW_LOG)))
    listed = trails.looks(actor, trails.LogFilters(**_by_id(given)), size=LARGEST_EXPORT)
    lines = [
        [f"{timezone.localtime(row['look'].at):%Y-%m-%d %H:%M:%S}", row["number"], row["who"], row["place"], row["resident"],
         row["look"].purpose, row["look"].path, row["look"].address or ""]
        for row in named(listed.rows)
    ]  # fmt: skip
    auditing.export_log(actor=actor, filters={key: str(value) for key, value in given.items()}, rows=len(lines), at=at)
    return sheet(f"access-log-{timezone.localtime(at):%Y%m%d-%H%M}.csv", [COLUMNS, *lines])


@page("journal.view")
def journal(request: Request) -> HttpResponse:
    """The journal, and how its chain stands."""
    actor = request.actor
    form = forms.JournalFilterForm(request.GET, places=places(actor, access.VIEW_JOURNAL))
    given = _given(form)
    listed = trails.entries(actor, trails.JournalFilters(**_by_id(given)), before=numbered(request.GET.get("before", "")))
    named = institutions.names({place for e in listed.rows for place in (e.actor_institution, e.from_institution, e.to_institution)})
    rows = [
        {"entry": e, "place": named.get(e.actor_institution, ""), "from": named.get(e.from_institution, ""), "to": named.get(e.to_institution, "")}
        for e in listed.rows
    ]
    return render(request, "access/journal.html", {"form": form, "rows": rows, "chain": trails.chain(), **_paged(given, listed)})


@page("journal.view", ["POST"])
def verify(request: Request) -> HttpResponse:
    """「核对整条链」"""
    sentence = auditing.verify_chain(actor=request.actor, at=timezone.now())
    (messages.error if trails.chain().broken else messages.success)(request, sentence)
    return redirect("access:journal")


@page("journal.view")
def door(request: Request) -> HttpResponse:
    """Sign-ins, failures, locks, refused pages."""
    actor = request.actor
    form = forms.DoorFilterForm(request.GET)
    given = _given(form)
    listed = trails.door_events(actor, before=numbered(request.GET.get("before", "")), **given)
    rows = [{"event": event, "kind": EventKind.label(event.kind)} for event in listed.rows]
    return render(request, "access/door.html", {"form": form, "rows": rows, **_paged(given, listed)})


def _given(form: django_forms.Form) -> dict[str, Any]:
    """What was filled in and understood; a wrong date narrows nothing and is shown at its field."""
    form.is_valid()
    return {key: value for key, value in form.cleaned_data.items() if value}


def _by_id(given: dict[str, Any]) -> dict[str, Any]:
    """The same with the staff number turned into the person's id; an unknown number finds nobody."""
    if "person" not in given:
        return given
    found = people.Person.objects.filter(number=given["person"]).values_list("id", flat=True).first()
    return {**given, "person": found or -1}


def _paged(given: dict[str, Any], listed: Slice) -> dict[str, str]:
    """`next_url` where there is more, `clear_url` where something was asked."""
    more = f"?{urlencode({**given, 'before': listed.next_key})}" if listed.next_key else ""
    return {"next_url": more, "clear_url": "?" if given else ""}


def named(looks: list[AccessLog]) -> list[dict[str, Any]]:
    """Each look with the names of its people and places; residents by number only. Three statements."""
    staff = people.Person.objects.in_bulk({look.person for look in looks if look.person})
    named = institutions.names({look.institution for look in looks})
    numbers = {pk: resident.number for pk, resident in residents.many(look.resident for look in looks).items()}
    return [
        {
            "look": look,
            "who": staff[look.person].name if look.person in staff else "系统",
            "number": staff[look.person].number if look.person in staff else "",
            "place": named.get(look.institution or 0, ""),
            "resident": numbers.get(look.resident, f"#{look.resident}"),
        }
        for look in looks
    ]
