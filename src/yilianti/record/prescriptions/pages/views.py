"""Fragments: the medicines and the allergies of a resident, the words of the banner; the acts on an allergy."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from yilianti.kernel.pages import Request, looked_at, page, whole
from yilianti.record.encounters import api as encounters
from yilianti.record.prescriptions import access, actions, queries
from yilianti.record.prescriptions.models import Allergy
from yilianti.record.prescriptions.pages.forms import AllergyForm, BecauseForm
from yilianti.record.prescriptions.terms import AllergyKind, Severity, Standing, State
from yilianti.registry.residents import api as residents

_TONES = {"severe": "bad", "moderate": "warn", "mild": "info", "unknown": "wait"}


@page("prescriptions.view")
def medicines(request: Request, number: str) -> HttpResponse:
    """What is prescribed, as a card of the 360° page."""
    actor, resident = request.actor, _resident(request, number)
    how_far = encounters.sharing(actor, resident.pk, timezone.now())
    rows = queries.medicines(actor, sorted(residents.all_ids(resident.pk)), how_far=how_far)
    looked_at(request, resident.pk, _purpose(request, resident.pk))
    return render(request, "prescriptions/_medicines.html", {"rows": [(row, State.label(row.state)) for row in rows], "is_wide": how_far.is_wide})


@page("allergies.view")
def allergies(request: Request, number: str) -> HttpResponse:
    """What is not tolerated, as a card of the 360° page."""
    resident = _resident(request, number)
    looked_at(request, resident.pk, _purpose(request, resident.pk))
    return _card(request, resident)


@page("allergies.view")
def banner(request: Request, number: str) -> HttpResponse:
    """The words of the banner; the page around it has noted the look."""
    return render(request, "prescriptions/_banner.html", {"known": queries.known(_resident(request, number).pk)})


@page("allergies.record", methods=("POST",))
def record(request: Request, number: str) -> HttpResponse:
    """Writes down an allergy, or that none is known."""
    resident = _resident(request, number)
    form = AllergyForm(request.POST)
    whole(form)
    actions.record_allergy(actor=request.actor, resident_id=resident.pk, institution_id=request.actor.institution or 0, told=form.told(), at=timezone.now())
    return _card(request, resident)


@page("allergies.record", methods=("POST",))
def refute(request: Request, allergy: str) -> HttpResponse:
    """No allergy after all."""
    row = _allergy(request, allergy)
    actions.refute(actor=request.actor, number=row.number, because=request.POST.get("because", ""), at=timezone.now())
    return _card(request, residents.standing_for(row.resident_id))


@page("allergies.record", methods=("POST",))
def withdraw(request: Request, allergy: str) -> HttpResponse:
    """Entered by mistake."""
    row = _allergy(request, allergy)
    actions.withdraw(actor=request.actor, number=row.number, because=request.POST.get("because", ""), at=timezone.now())
    return _card(request, residents.standing_for(row.resident_id))


def _card(request: Request, resident: residents.Resident) -> HttpResponse:
    ids = sorted(residents.all_ids(resident.pk))
    return render(request, "prescriptions/_allergies.html", {
        "number": resident.number, "rows": [_line(row) for row in queries.allergies(ids)], "closed": [_line(row) for row in queries.allergies(ids, closed=True)],
        "may_record": request.actor.may(access.RECORD, request.actor.institution), "form": AllergyForm(auto_id="allergy-%s"),
    })  # fmt: skip


def _line(row: Allergy) -> dict[str, Any]:
    forms = [(f"refute-{row.number}", "排除", "经核实并不过敏", "prescriptions:refute"), (f"withdraw-{row.number}", "录入有误", "录错了人或录错了药", "prescriptions:withdraw")]
    return {"row": row, "kind": AllergyKind.label(row.kind), "severity": Severity.label(row.severity), "tone": _TONES[row.severity],
            "standing": Standing.label(row.standing), "acts": [(*one, BecauseForm(auto_id=f"{one[0]}-%s")) for one in forms]}  # fmt: skip


def _resident(request: Request, number: str) -> residents.Resident:
    found = residents.by_number(number)
    standing = residents.standing_for(found.pk) if found is not None and found.merged_into_id else found
    if standing is None or not (access.may_see_allergies(request.actor, standing.pk) or _has_reason(request, standing.pk)):
        raise Http404("没有这位居民，或不在您的范围内。")
    return standing


def _has_reason(request: Request, resident: int) -> bool:
    """Whoever gave a reason for the 360° page, or opened it in an emergency, sees its parts."""
    return resident in request.actor.opened or str(resident) in request.session.get(encounters.REASONS, {})


def _allergy(request: Request, number: str) -> Allergy:
    row = queries.allergy(request.actor, number)
    if row is None:
        raise Http404("没有这条过敏记录，或您无权查看。")
    return row


def _purpose(request: Request, resident: int) -> str:
    return encounters.purpose_of(request.actor, request.session.get(encounters.REASONS, {}), resident)
