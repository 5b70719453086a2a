"""「还缺什么」: answered while the form is being written; it holds nobody up."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render

from yilianti.care.referral import rules
from yilianti.care.referral.rules import papers as lists
from yilianti.care.referral.terms import Application, Channel, Direction, Service, Urgency
from yilianti.kernel.pages import Request, numbered, page
from yilianti.registry.institutions import api as institutions

#: where a line of the list leads
_AT = {"diagnosis_code": "diagnosis_code-search", "override_reason": "override-reason", "evidence": "enclosed"}


@page("referral.submit")
def papers(request: Request) -> HttpResponse:
    """?to_institution=&service=&summary=xxxx…: of the long texts only their length is asked about, the words stay on the form."""
    told = _told(request.GET)
    places = institutions.many([request.actor.institution, told.to_institution])
    here, there = places.get(request.actor.institution or 0), places.get(told.to_institution)
    direction = rules.direction(here.level, there.level) if here and there else Direction.UP
    found = lists.lacking(told, direction, consented=bool(request.GET.get("consented") or request.GET.get("consent_basis")))
    lines: list[dict[str, Any]] = [{"finding": finding, "at": _AT.get(finding.code, f"id_{finding.code}")} for finding in found]
    return render(request, "referral/_papers.html", {
        "needed": [line for line in lines if line["finding"].blocks], "welcome": [line for line in lines if not line["finding"].blocks],
        "is_green": rules.cannot_wait(told.urgency, told.channel),
    })  # fmt: skip


def _told(given: QueryDict) -> Application:
    code = given.get("diagnosis_code", "")
    texts: dict[str, Any] = {name: given.get(name, "") for name in ("summary", "treatment", "examination", "rehabilitation", "override_reason")}
    return Application(
        to_institution=numbered(given.get("to_institution", "")) or 0, diagnosis_code=code, diagnosis_name=given.get("diagnosis_code_words", "") or code,
        reason=given.get("reason", ""), urgency=given.get("urgency") or Urgency.ELECTIVE.value, service=given.get("service") or Service.OUTPATIENT.value,
        channel=given.get("channel") or Channel.ORDINARY.value, contact=numbered(given.get("contact", "")), evidence=tuple(given.getlist("evidence")),
        overridden=tuple(filter(None, given.get("overridden", "").split(","))),
        **texts,
    )  # fmt: skip
