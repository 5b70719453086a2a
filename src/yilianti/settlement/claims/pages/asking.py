"""「编码核对」: questions on the codes of stays, to be looked up in the record; nothing is proposed and nothing changed."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render

from yilianti.kernel.pages import Request, numbered, page
from yilianti.registry.institutions import api as institutions
from yilianti.settlement.claims import access, questions_kept
from yilianti.settlement.claims.coding.terms import Kind
from yilianti.settlement.claims.pages import spans

SIZE = 30


@page("claims.view")
def questions(request: Request) -> HttpResponse:
    """The stays of a span that have questions, by department and by kind of question."""
    asked, actor = spans.asked(request), request.actor
    kind = request.GET.get("kind", "")
    kind = kind if kind in {str(one) for one in Kind} else ""
    wards = questions_kept.departments(actor, asked.span, asked.institution)
    ward = request.GET.get("department", "")
    ward = ward if ward in wards else ""
    rows = questions_kept.stays(actor, asked.span, asked.institution, ward)
    found, further = questions_kept.asked(rows, SIZE, numbered(request.GET.get("before", "")), kind)
    said = {"month": f"{asked.month:%Y-%m}", "months": asked.words["months"], "institution": asked.words["institution"], "department": ward, "kind": kind}
    said = {name: value for name, value in said.items() if value}
    return render(request, "claims/questions.html", {
        "asked": asked, "said": said, "lengths": spans.LENGTHS, "found": found, "places": _places(request), "wards": wards, "kinds": [str(one) for one in Kind if one is not Kind.RESOURCES],
        "next_url": f"?{urlencode({**said, 'before': further})}" if further else "", "has_stays": bool(found) or rows.exists(),
    })  # fmt: skip


def _places(request: Request) -> list[tuple[str, str]]:
    named = institutions.names(request.actor.reaches(access.VIEW))
    return sorted(((str(key), name) for key, name in named.items()), key=lambda pair: pair[1]) if len(named) > 1 else []
