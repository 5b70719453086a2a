"""One resident: particulars, numbers, where they have been in care, who they were merged with."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from yilianti.kernel.pages import Request, looked_at, page
from yilianti.registry.institutions import api as institutions
from yilianti.registry.residents import access, links, queries, rules
from yilianti.registry.residents.models import Identifier, PastParticulars, Resident
from yilianti.registry.residents.pages import forms
from yilianti.registry.residents.terms import CoverageKind, IdentifierSystem, KinKind, Sex, Standing


def in_view(request: Request, number: str, permission: str = "residents.view") -> Resident:
    """The resident who stands for this number; 404 when there is none, Refused when out of the actor's reach."""
    found = queries.by_number(number)
    if found is None:
        raise Http404("没有这位居民")
    access.require_view(request.actor, found.id, permission)
    return links.standing_for(found.id) if found.merged_into_id else found


@page("residents.view")
def detail(request: Request, number: str) -> HttpResponse:
    """「居民资料」"""
    actor, resident = request.actor, in_view(request, number)
    looked_at(request, resident.id, "查看居民资料")
    if resident.number != number:
        return redirect("residents:detail", number=resident.number)
    return render(request, "residents/detail.html", {
        "resident": resident, "banner": queries.banner(resident, timezone.localdate()), "pairs": _pairs(resident),
        "numbers": _numbers(queries.identifiers(resident.id), masked=True), "relations": queries.relations(resident.id)[:12],
        "merged": [(other, forms.UnmergeForm(auto_id=f"unmerge_{other.id}_%s")) for other in queries.merged_with(resident.id)], "past": [_past(row) for row in queries.past_particulars(resident.id)],
        **_belonging(resident), "questions": queries.concerning(resident.id).count(), "number_form": forms.IdentifierForm(),
        "may": {"amend": access.may_view(actor, resident.id, "residents.amend"), "link": actor.may("residents.link"), "record": actor.may("record.view"),
                "register": actor.may("residents.register"), "refer": actor.may("referral.draft", actor.institution), "consent": actor.may("consent.record"),
                "show_looks": access.may_view(actor, resident.id, "access.show_looks"), "ask": access.may_view(actor, resident.id, "privacy.request")},
    })  # fmt: skip


@page("residents.view", methods=("POST",))
def reveal(request: Request, number: str) -> HttpResponse:
    """Show the numbers in full; who asked stands in the access log."""
    resident = in_view(request, number)
    looked_at(request, resident.id, "显示完整证件号码与电话")
    return render(request, "residents/_numbers.html", {"resident": resident, "numbers": _numbers(queries.identifiers(resident.id), masked=False), "revealed": True})


def _belonging(resident: Resident) -> dict[str, Any]:
    """Relatives, insurance, and how somebody without a name came."""
    return {
        "kin": [{"label": KinKind.label(kin.kind), "name": kin.name, "phone": rules.mask_phone(kin.phone), "number": kin.other.number if kin.other else ""} for kin in queries.kin_of(resident.id)],
        "coverages": [{"label": CoverageKind.label(one.kind), "one": one, "number": rules.mask_id(one.number)} for one in queries.coverages(resident.id)],
        "birth": queries.birth(resident.id), "discovery": queries.discovery(resident.id), "standing": Standing.label(resident.standing) if resident.standing else "",
        "is_unidentified": resident.standing == Standing.UNIDENTIFIED, "may_bear": resident.sex == Sex.FEMALE and not resident.standing, "identify_form": forms.IdentifyForm(auto_id="identify_%s"),
    }  # fmt: skip


def _pairs(resident: Resident) -> list[dict[str, Any]]:
    return [
        {"label": "姓名", "value": resident.name}, {"label": "性别", "value": Sex.label(resident.sex)},
        {"label": "出生日期", "value": resident.born_on.isoformat() if resident.born_on else ""}, {"label": "电话", "value": rules.mask_phone(resident.phone)},
        {"label": "短信告知", "value": f"{timezone.localtime(resident.texts_refused_at):%Y-%m-%d} 起不收短信" if resident.texts_refused_at else "可以发短信" if resident.phone else ""},
        {"label": "住址", "value": resident.address}, {"label": "建档机构", "value": resident.home.name if resident.home else ""},
        {"label": "户编号", "value": resident.household},
        {"label": "登记时间", "value": f"{timezone.localtime(resident.created_at):%Y-%m-%d %H:%M}"},
    ]  # fmt: skip


def _numbers(identifiers: list[Identifier], *, masked: bool) -> list[dict[str, Any]]:
    issuers = institutions.names(identifier.issuer for identifier in identifiers)
    return [
        {"label": IdentifierSystem.label(row.system), "value": rules.mask_id(row.value) if masked else row.value, "issuer": issuers.get(row.issuer, ""),
         "unverified": row.system == IdentifierSystem.UNVERIFIED}
        for row in identifiers
    ]  # fmt: skip


_LABELS = {"name": "姓名", "sex": "性别", "born_on": "出生日期", "phone": "电话", "address": "住址"}


def _past(row: PastParticulars) -> dict[str, Any]:
    kept = {**row.particulars, "sex": Sex.label(str(row.particulars.get("sex", ""))), "phone": rules.mask_phone(str(row.particulars.get("phone") or ""))}
    said = "；".join(f"{label} {kept[field]}" for field, label in _LABELS.items() if kept.get(field))
    return {"until_at": row.until_at, "said": said, "because": row.because}
