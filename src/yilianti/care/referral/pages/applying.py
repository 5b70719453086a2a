"""Writing an application: a new one, an unfinished one, or the way home."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from functools import cache
from typing import Any, TypeVar
from urllib.parse import urlencode
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from yilianti import policybook
from yilianti.capacity.services import api as services
from yilianti.care.referral import actions, housed, queries, rules
from yilianti.care.referral.actions.applying import CRITERIA
from yilianti.care.referral.models import Referral
from yilianti.care.referral.pages import findings, forms, going_down, reconciling
from yilianti.care.referral.pages.views import visible_or_404
from yilianti.care.referral.terms import Direction, Service
from yilianti.kernel.actor import Actor
from yilianti.kernel.finding import Refused
from yilianti.kernel.pages import Request, looked_at, numbered, page
from yilianti.registry.consent import api as consent
from yilianti.registry.institutions import api as institutions
from yilianti.registry.people import api as people
from yilianti.registry.residents import api as residents

Kind = TypeVar("Kind", bound=forms.ApplicationForm)


@page("referral.submit", methods=("GET", "POST"))
def new(request: Request) -> HttpResponse:
    """A new application for the resident named by ?resident=; POST submits it or keeps a draft."""
    if not (request.POST.get("resident") or request.GET.get("resident")):
        return redirect("/residents/?then=referral")  # a bookmark: first say for whom
    return _written(request, _resident(request), None)


@page("referral.submit", methods=("GET", "POST"))
def edit(request: Request, number: str) -> HttpResponse:
    """Go on with a draft, or complete one that was sent back."""
    referral = visible_or_404(request, number)
    request.actor.require("referral.submit", referral.from_institution_id)
    return _written(request, referral.resident, referral)


@page("referral.offer_home", methods=("GET", "POST"))
def offer_home(request: Request, number: str) -> HttpResponse:
    """The way home, filled from the stay it follows."""
    origin = visible_or_404(request, number)
    request.actor.require("referral.offer_home", origin.to_institution_id)
    return _written(request, origin.resident, None, origin=origin, line=housed.one(request.actor, origin.encounter or origin.number, timezone.now()))


@page("referral.offer_home", methods=("GET", "POST"))
def bring_home(request: Request, stay: str) -> HttpResponse:
    """The way home of an in-patient who came without a referral, filled from the stay."""
    line = housed.one(request.actor, stay, timezone.now())
    if line is None:
        raise Http404("这位患者已不在院，或您无权查看。")
    if line.bed.referral is not None:
        return redirect("referral:offer_home", number=line.bed.referral.number)
    return _written(request, line.resident, None, line=line)


@page("referral.recall", methods=("GET", "POST"))
def recall(request: Request, number: str) -> HttpResponse:
    """Up again from a way home: written to the hospital the patient came from."""
    home = visible_or_404(request, number)
    request.actor.require("referral.recall", home.to_institution_id)
    return _written(request, home.resident, None, recalled=home)


@page("referral.submit")
def diagnoses(request: Request) -> HttpResponse:
    """Suggestions while a diagnosis is typed: Chinese, code or pinyin initials."""
    typed = (request.GET.get("q") or request.GET.get("diagnosis_code_words", "")).strip()
    table = policybook.catalogue("catalogues.diagnoses", timezone.localdate(), request.actor.scope)
    found = table.search(typed, 12) if typed else []
    return render(request, "components/code_options.html", {"options": found, "key": "diagnosis_code"})


@page("referral.submit")
def receiver(request: Request) -> HttpResponse:
    """What depends on the chosen receiver or service: departments, the criteria of that direction, places to hold."""
    if request.GET.get("by") == "diagnosis":
        return _learned(request)
    by_hand = request.GET.get("by") == "institution"  # whoever changes the receiver has left the service they chose before
    service = None if by_hand else services.get(numbered(request.GET.get("to_service", "")))
    chosen = service.institution_id if service else numbered(request.GET.get("to_institution", ""))
    department = service.department_id if service else None if by_hand else numbered(request.GET.get("to_department", ""))
    initial = {"to_institution": chosen, "to_department": department, "reason": request.GET.get("reason", ""), "service": request.GET.get("service", "")}
    form = form_for(request, None, initial, target_id=chosen, kind=forms.ApplicationForm)
    return render(request, "referral/_receiver.html", {"form": form, "service": service, **_places(request.GET, chosen, department)})


def _learned(request: Request) -> HttpResponse:
    """Where this doctor sends such a diagnosis, as long as nothing was chosen by hand."""
    before, code = queries.usual(request.actor), request.GET.get("diagnosis_code", "")[:24]
    untouched = all(request.GET.get(name, "") == str(before.get(name) or "") for name in ("to_institution", "to_department")) and not request.GET.get("reason")
    untouched = untouched and request.GET.get("service", Service.OUTPATIENT.value) == Service.OUTPATIENT.value
    usual = queries.usual(request.actor, code) if code and untouched and not request.GET.get("to_service") else {}
    if not usual:
        return HttpResponse(status=204)
    form = form_for(request, None, usual, target_id=usual["to_institution"], kind=forms.ApplicationForm)
    return render(request, "referral/_receiver.html", {"form": form, **_places(request.GET, usual["to_institution"], usual["to_department"])})


@page("referral.submit")
def free_places(request: Request) -> HttpResponse:
    """Where to ask for slots and beds of the department now chosen."""
    places = _places(request.GET, numbered(request.GET.get("to_institution", "")), numbered(request.GET.get("to_department", "")))
    return render(request, "referral/_places.html", places)


def _places(given: Any, institution: int | None, department: int | None) -> dict[str, Any]:
    told = {"institution": institution or "", "department": department or "", "resident": given.get("resident", ""), "held": given.get("reservation", "")}
    return {"places_url": f"/schedules/choose?{urlencode(told)}"}


def _resident(request: Request) -> Any:
    number = request.POST.get("resident") or request.GET.get("resident", "")
    resident = residents.by_number(number)
    if resident is None or not residents.may_view(request.actor, resident.id):
        raise Http404("没有这位居民，或您无权查看。")
    return resident


def _written(
    request: Request, resident: Any, referral: Referral | None, origin: Referral | None = None, recalled: Referral | None = None,
    line: housed.Line | None = None,
) -> HttpResponse:
    actor, now = request.actor, timezone.now()
    looked_at(request, resident.id, "书写转诊申请")
    # what is sent back says it all
    initial = going_down.initial(request, origin, line) if origin or line else {} if request.method == "POST" else _initial(actor, referral, recalled)
    target_id = numbered(request.POST.get("to_institution", "")) or initial.get("to_institution")
    form = form_for(request, request.POST if request.method == "POST" else None, initial, target_id=target_id, kind=forms.ApplicationForm)
    if request.POST.get("act") == "draft":
        form.as_draft()
    lists = reconciling.Lists(request.POST if request.method == "POST" else None, actor, resident.id, referral, now)
    consented = cache(lambda: consent.in_force(resident.id, "referral", now) is not None)
    if request.method == "POST" and request.POST.get("act") != "draft":
        form.complete(consented=consented)
    if request.method == "POST" and form.is_valid() & lists.is_valid():
        try:
            return _sent(request, form, lists, resident, referral, origin, recalled, line)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.zh)
            for finding in refusal.findings[1:]:
                form.add_error(finding.code if finding.code in form.fields else None, finding.sentence)
    judged = line.judged.signs if line and line.judged else ()
    beside = findings.beside(request.POST) if request.method == "POST" else [("sign", sign) for sign in judged]
    context = {"form": form, "lists": lists, "beside": beside, "consented": consented, "resident": resident, "banner": residents.banner(resident, timezone.localdate()), "referral": referral, "origin": origin, "still_open": queries.still_open(actor, sorted(residents.all_ids(resident.id)), but=[one.number for one in (referral, origin, recalled) if one]), "recalled": recalled,
               "diagnosis_words": form["diagnosis_code_words"].value() or "", "actor": actor, "goes_home": origin is not None or line is not None or (referral is not None and referral.goes_home),
               "begins_home": origin is not None or line is not None, "line": line,
               **_places({"resident": resident.number, "reservation": form["reservation"].value() or ""}, target_id, numbered(str(form["to_department"].value() or "")))}  # fmt: skip
    return render(request, "referral/apply.html", context, status=422 if form.errors or not lists.is_valid() else 200)


_SENT = defaultdict(lambda: "转诊单 {number} 已提交给 {receiver}。", {
    "pending": "转诊单 {number} 已报审批，同意后发出。", "sent_out": "转诊单 {number} 已登记转往 {receiver}（网外），请随访去向。",
})  # fmt: skip


def _sent(request: Request, form: forms.ApplicationForm, lists: reconciling.Lists, resident: Any, referral: Referral | None, origin: Referral | None,
          recalled: Referral | None, line: housed.Line | None) -> HttpResponse:  # fmt: skip
    beside: dict[str, Any] = {"ticked": tuple(request.POST.getlist("sign")), "measured": findings.measured(request.POST)}
    given = {"actor": request.actor, "application": replace(form.application(), **lists.told(), **beside), "client_key": form.cleaned_data["client_key"], "at": timezone.now()}
    basis = form.cleaned_data["consent_basis"]
    number = referral.number if referral else ""
    if origin is not None or line is not None:
        done = actions.offer_home(**given, number=origin.number, consent_basis=basis) if origin else actions.bring_home(**given, encounter=line.bed.encounter if line else "", consent_basis=basis)
        messages.success(request, f"下转单 {done.number} 已发给 {done.to_institution.short_name}。")
    elif recalled is not None:
        done = actions.recall(**given, number=recalled.number, consent_basis=basis)
        messages.success(request, f"转诊单 {done.number} 已提交给 {done.to_institution.short_name}；下转单 {recalled.number} 到此结束。")
    elif request.POST.get("act") == "draft":
        done = actions.draft(**given, resident=resident.id, number=number)
        messages.success(request, f"草稿 {done.number} 已保存。")
    else:
        done = actions.submit(**given, resident=resident.id, number=number, consent_basis=basis)
        messages.success(request, _SENT[done.state].format(number=done.number, receiver=done.to_institution.short_name))
    return redirect("referral:detail", number=done.number)


def form_for(request: Request, data: Any, initial: dict[str, Any], *, target_id: int | None, kind: type[Kind]) -> Kind:
    """The form with the choices of this doctor and this receiver."""
    actor = request.actor
    others, outside = institutions.receivers_for(actor.institution, timezone.localdate()), institutions.outside_destinations()
    target = next((i for i in others if i.id == target_id), None)
    direction = rules.direction(target.level_here, target.level) if target else Direction.UP
    criteria = policybook.in_force(CRITERIA[direction], timezone.localdate(), actor.scope).criteria
    chosen = (data.getlist("evidence") if data is not None else initial.get("evidence")) or []
    return kind(
        data, initial={"client_key": uuid4(), **initial}, receivers=[(i.id, i.name) for i in others] + [(i.id, f"{i.name}（网外）") for i in outside], criteria=criteria,
        departments=cache(lambda: [(d.id, d.name) for d in institutions.departments(target.id)] if target else []),
        evidence=[(value, value) for value in chosen],
        doctors=cache(lambda: [(person.pk, person.name) for person in people.staff_of(actor.institution, timezone.localdate())] if actor.institution else []),
    )  # fmt: skip


def _initial(actor: Actor, referral: Referral | None, recalled: Referral | None) -> dict[str, Any]:
    if referral is not None:
        names = ("to_institution_id", "to_department_id", "urgency", "service", "diagnosis_code", "reason", "summary", "treatment", "notes", "evidence",
                 "channel", "onset_at", "to_service_id", "reservation", "examination", "rehabilitation", "contact_id", "contact_phone", "override_reason")
        return {name.removesuffix("_id"): getattr(referral, name) for name in names} | {
            "client_key": referral.client_key, "diagnosis_code_words": referral.diagnosis_name,
        }  # fmt: skip
    if recalled is not None:
        return {"to_institution": recalled.from_institution_id, "diagnosis_code": recalled.diagnosis_code, "diagnosis_code_words": recalled.diagnosis_name,
                "service": "inpatient", "urgency": "urgent"}  # fmt: skip
    return queries.usual(actor)
