"""The directory as a tree, and one institution."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from yilianti.kernel.pages import Request, page
from yilianti.kernel.tables import sheets
from yilianti.registry.institutions import queries
from yilianti.registry.institutions.models import Institution
from yilianti.registry.institutions.pages import forms
from yilianti.registry.institutions.terms import Kind, Level, MemberRole, Standing

_MOST_EXPORTED = 20_000
_TONES = {"active": "ok", "provisional": "wait", "merged": "info", "closed": "idle"}


def found_or_404(institution: int) -> Institution:
    found = queries.one(institution)
    if found is None:
        raise Http404("没有这个机构")
    return found


@page("institutions.view")
def directory(request: Request) -> HttpResponse:
    """「机构」"""
    form = forms.FilterForm(request.GET)
    said = form.cleaned_data if form.is_valid() else {}
    filters = queries.Filters(said.get("text", ""), said.get("level", ""), said.get("standing") or Standing.ACTIVE.value)
    listed = queries.directory(filters, timezone.localdate(), after=request.GET.get("after", ""))
    is_tree = not (filters.text or filters.level) and filters.standing == Standing.ACTIVE
    rows = [{"i": i, "indent": "　" * (i.path.count("/") - 2) if is_tree else "", "kind": Kind.label(i.kind), "level": Level.label(i.level),
             "roles": [(m.consortium.name, MemberRole.label(m.role)) for m in i.held]} for i in listed.rows]  # fmt: skip
    manages = request.actor.may("institutions.manage")
    kept = {key: value for key, value in request.GET.items() if value and key != "after"}
    return render(request, "institutions/directory.html", {
        "rows": rows, "form": forms.FilterForm(request.GET or None), "is_tree": is_tree, "manages": manages,
        "awaiting": queries.awaiting_count() if manages else 0, "filtered": bool(kept),
        "next_url": f"?{urlencode({**kept, 'after': listed.next_key})}" if listed.next_key else "",
    })  # fmt: skip


@page("institutions.view")
def export(request: Request) -> HttpResponse:
    """「导出」: the directory as filtered, as a workbook."""
    form = forms.FilterForm(request.GET)
    said = form.cleaned_data if form.is_valid() else {}
    filters = queries.Filters(said.get("text", ""), said.get("level", ""), said.get("standing") or Standing.ACTIVE.value)
    listed = queries.directory(filters, timezone.localdate(), size=_MOST_EXPORTED).rows
    heads = ("机构代码", "机构名称", "简称", "类别", "层级", "上级机构代码", "行政区划代码", "地址", "电话", "纬度", "经度", "医联体身份")
    rows = [(i.code, i.name, i.short_name, Kind.label(i.kind), Level.label(i.level), i.parent.code if i.parent else "", i.region, i.address, i.phone,
             *("" if degrees is None else f"{degrees:.6f}" for degrees in (i.latitude, i.longitude)),
             "；".join(f"{m.consortium.name} {MemberRole.label(m.role)}" for m in i.held)) for i in listed]  # fmt: skip
    return sheets.sheet("机构名录.xlsx", [heads, *rows])


@page("institutions.view")
def detail(request: Request, institution: int) -> HttpResponse:
    """One institution: particulars, departments, what machines call it, where it belongs."""
    found = found_or_404(institution)
    pairs = [
        {"label": "机构代码", "value": found.code}, {"label": "类别", "value": Kind.label(found.kind)}, {"label": "层级", "value": Level.label(found.level)},
        {"label": "上级机构", "value": found.parent.name if found.parent else "无", "url": f"/institutions/{found.parent_id}/" if found.parent else ""},
        {"label": "行政区划代码", "value": found.region}, {"label": "地址", "value": found.address}, {"label": "电话", "value": found.phone},
        {"label": "纬度与经度", "value": f"{found.latitude:.6f}，{found.longitude:.6f}" if found.latitude is not None and found.longitude is not None else ""},
    ]  # fmt: skip
    manages = request.actor.may("institutions.manage")
    return render(request, "institutions/detail.html", {
        "institution": found, "pairs": pairs, "standing": Standing.label(found.standing), "tone": _TONES.get(found.standing, "idle"),
        "departments": list(found.departments.all()), "codes": list(found.facility_codes.all()), "below": queries.below(found.id),
        "memberships": [(m, MemberRole.label(m.role), forms.EndForm(auto_id=f"end_{m.id}_%s")) for m in sorted(found.memberships.all(), key=lambda m: m.from_on, reverse=True)],
        "manages": manages and found.standing == Standing.ACTIVE, "manages_new": manages and found.standing == Standing.PROVISIONAL, "today": timezone.localdate(),
        "department_form": forms.DepartmentForm(), "facility_form": forms.FacilityForm(auto_id="facility_%s"), "close_form": forms.CloseForm(auto_id="close_%s"),
        "membership_form": forms.MembershipForm(auto_id="join_%s"),
    })  # fmt: skip
