"""What the rules say beside the form: indications met, what speaks against, what the doctor can tick or measure."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone

from yilianti import policybook
from yilianti.care.referral.actions import situating
from yilianti.care.referral.rules import criteria
from yilianti.care.referral.rules.situation import Situation
from yilianti.care.referral.terms import Urgency
from yilianti.kernel.finding import Severity
from yilianti.kernel.pages import Request, looked_at, numbered, page
from yilianti.registry.institutions import api as institutions
from yilianti.registry.residents import api as residents

_MOST = Decimal(100_000)
_OPEN = 3


@page("referral.submit")
def findings(request: Request) -> HttpResponse:
    """?resident=&diagnosis_code=&to_institution=&sign=…&fact_sbp=…: answered as the form is filled in."""
    given, actor, at = request.GET, request.actor, timezone.now()
    person = residents.by_number(given.get("resident", ""))
    receiver = institutions.get(numbered(given.get("to_institution", "")))
    sender = institutions.get(actor.institution)
    code = given.get("diagnosis_code", "").strip()[:24]
    if person is None or not residents.may_view(actor, person.pk) or receiver is None or sender is None or not code:
        return render(request, "referral/_findings.html", {"is_empty": True, "override_reason": given.get("override_reason", "")})
    looked_at(request, person.pk, "核对转诊指征")
    known = situating.diseases(timezone.localdate(at), actor.scope)
    here = situating.place(actor=actor, codes=[code], from_level=sender.level, to_level=receiver.level, receiver=receiver.id, at=at)
    here = situating.with_record(here, actor=actor, resident=person, signs=given.getlist("sign"), typed=measured(given), at=at)
    return render(request, "referral/_findings.html", _shown(here, known, given, actor.scope))


def _shown(here: Situation, known: list[criteria.Disease], given: QueryDict, scope: Any) -> dict[str, Any]:
    goes_down = criteria.LADDER.index(here.to_level) < criteria.LADDER.index(here.from_level)
    asked = criteria.asked(here, known)
    own = [criterion for criterion in asked if not criterion.code.startswith("generic.")]
    shown = own if goes_down and own else asked
    against = criteria.reasons_to_keep_local(here, known)
    met = criteria.ready_to_come_home(here, known) if goes_down else criteria.indications_to_go_up(here, known)
    return {
        "met": [finding for finding in met if finding.severity is Severity.INFO], "missing": [finding for finding in met if finding.severity is Severity.WARNING],
        "against": against, "overridden": ",".join(finding.code for finding in against), "override_reason": given.get("override_reason", ""),
        "signs": _signs(shown, here), **_boxes(_facts(own, here, scope), _facts(shown, here, scope)), "silent": criteria.silent_lists(here, known), "goes_down": goes_down,
    }  # fmt: skip


def _boxes(own: list[dict[str, Any]], every: list[dict[str, Any]]) -> dict[str, Any]:
    """The few values of this disease that are mostly measured stand open, the others are folded away."""
    first = own[:_OPEN]
    return {"facts": first, "more_facts": [fact for fact in every if fact not in first]}


def _signs(shown: list[criteria.Criterion], here: Situation) -> list[dict[str, Any]]:
    """What the doctor can tick: a criterion that is a sign, or the sign that goes with a value."""
    return [{"code": sign, "label": criterion.zh, "urgency": Urgency.label(criterion.urgency) if criterion.urgency in ("emergency", "urgent") else "",
             "ticked": sign in here.signs} for criterion in shown for sign in sorted(criterion.signs)]  # fmt: skip


def _facts(shown: list[criteria.Criterion], here: Situation, scope: Any) -> list[dict[str, Any]]:
    """Values that the criteria at hand ask for, filled in from the record where it has them."""
    wanted = {fact for criterion in shown for fact in criterion.facts}
    rows = situating.rows_of(policybook.in_force("clinical.referral.facts", timezone.localdate(), scope))
    return [{"fact": row["fact"], "label": row["zh"], "unit": row["unit"], "value": f"{here.values[row['fact']].normalize():f}" if row["fact"] in here.values else ""}
            for row in rows if row["fact"] in wanted and row["fact"] != "age"]  # fmt: skip


def beside(given: QueryDict) -> list[tuple[str, str]]:
    """What was ticked and typed into the fragment, as it was sent."""
    return [(name, str(value)) for name, values in given.lists() if name == "sign" or name.startswith("fact_") for value in values if value]


def measured(given: QueryDict) -> dict[str, Decimal]:
    """Numbers typed into the fragment; what is no number is left out, and its box stays empty."""
    found: dict[str, Decimal] = {}
    for name, text in given.items():
        if name.startswith("fact_") and text:
            try:
                value = Decimal(str(text).strip())
            except InvalidOperation:
                continue
            if value.is_finite() and 0 <= value <= _MOST:
                found[name.removeprefix("fact_")] = value
    return found
