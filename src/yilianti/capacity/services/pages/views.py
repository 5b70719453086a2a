"""The directory: found by what ails the patient, one service, what one institution offers."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from yilianti.capacity.services import access, queries
from yilianti.capacity.services.models import HealthcareService
from yilianti.capacity.services.pages import forms
from yilianti.capacity.services.terms import CapabilityKind, GreenChannel, MatchedBy, Offer, ServiceKind
from yilianti.kernel.pages import Request, answer, page
from yilianti.registry.institutions import api as institutions


def found_or_404(service: int) -> HealthcareService:
    row = queries.get(service)
    if row is None:
        raise Http404("没有这项服务。")
    return row


def _found(request: Request) -> tuple[forms.SearchForm, list[Offer]]:
    form = forms.SearchForm(request.GET)
    said = form.cleaned_data if form.is_valid() else {}
    actor = request.actor
    return form, queries.search(text=said.get("text", ""), kind=said.get("kind", ""), channel=said.get("channel", ""), from_institution=actor.institution,
                                day=timezone.localdate(), scope=actor.scope)  # fmt: skip


def _line(offer: Offer) -> dict[str, Any]:
    way = "　".join(filter(None, (f"{offer.minutes} 分钟" if offer.minutes else "", f"{offer.km:g} 公里" if offer.km is not None else "",
                                f"直线 {offer.straight_km:g} 公里" if offer.straight_km is not None else "")))
    return {
        "offer": offer, "kinds": "、".join(ServiceKind.label(kind) for kind in offer.kinds), "way": way,
        "channels": [GreenChannel.label(channel) for channel in offer.channels], "doctors": "、".join(offer.doctors),
        "matched": MatchedBy.label(offer.matched_by),
    }  # fmt: skip


@page(access.VIEW)
def directory(request: Request) -> HttpResponse:
    """Where to send a patient, the nearest answer first."""
    form, offers = _found(request)
    own = request.actor.institution
    return answer(request, "services/directory.html", {
        "filter_form": form, "lines": [_line(offer) for offer in offers], "own": own if own and request.actor.may(access.KEEP, own) else None,
        "exchanges": request.actor.may("imports.use"),
    })  # fmt: skip


@page(access.VIEW)
def options(request: Request) -> HttpResponse:
    """The same as a short list of choices inside a form: ?text=&kind=&chosen=."""
    _, offers = _found(request)
    return render(request, "services/_options.html", {"lines": [_line(offer) for offer in offers[:8]], "chosen": request.GET.get("chosen", "")})


@page(access.VIEW)
def detail(request: Request, service: int) -> HttpResponse:
    """One service, to read and to print for the patient."""
    row = found_or_404(service)
    facts = [
        ("机构", row.institution.name), ("科室", row.department.name if row.department else ""), ("类别", "、".join(map(ServiceKind.label, row.kinds))),
        ("医生", "、".join(person.name for person in row.practitioners.all())), ("医生特长", row.specialty), ("症状", "、".join(row.symptoms)),
        ("诊断编码", "、".join(row.diagnosis_prefixes)), ("绿色通道", "、".join(map(GreenChannel.label, row.channels))), ("报到地点", row.place),
        ("电话", row.phone), ("就诊须知", row.preparation), ("停止日期", f"{row.until_on:%Y-%m-%d}" if row.until_on else ""),
    ]  # fmt: skip
    return render(request, "services/detail.html", {
        "service": row, "facts": [{"label": label, "value": value} for label, value in facts if value],
        "keeps": request.actor.may(access.KEEP, row.institution_id) and row.until_on is None, "withdraw_form": forms.BecauseForm(),
    })  # fmt: skip


@page(access.VIEW)
def of_institution(request: Request, institution: int) -> HttpResponse:
    """What one institution offers and is able to do, and how far it is from there."""
    place = institutions.get(institution)
    if place is None:
        raise Http404("没有这家机构。")
    day, actor = timezone.localdate(), request.actor
    held = queries.capabilities(place.id, day)
    return render(request, "services/of_institution.html", {
        "place": place, "services": [(row, "、".join(map(ServiceKind.label, row.kinds))) for row in queries.of_institution(place.id, day)],
        "capabilities": [(row, CapabilityKind.label(row.kind)) for row in held], "ways": queries.ways(place.id),
        "keeps": actor.may(access.KEEP, place.id), "measures": actor.may(access.MEASURE),
        "capability_form": forms.CapabilityForm(auto_id="capability-%s"), "travel_form": forms.TravelForm(institution=place.id, auto_id="travel-%s"),
    })  # fmt: skip
