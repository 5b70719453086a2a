"""「签约家庭医生」 beside the form: whom the resident is signed with, and what that means for a referral here."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from yilianti import policybook
from yilianti.care.referral.signed_with import signed_with
from yilianti.kernel.pages import Request, looked_at, page
from yilianti.registry.residents import api as residents

PRIVILEGES = "clinical.referral.signed_privileges"


@page("referral.submit")
def signed(request: Request) -> HttpResponse:
    """?resident=; a sentence where nobody is signed."""
    person = residents.by_number(request.GET.get("resident", ""))
    if person is None or not residents.may_view(request.actor, person.id):
        raise Http404("没有这位居民，或您无权查看。")
    today = timezone.localdate()
    looked_at(request, person.id, "书写转诊申请")
    try:
        policy = policybook.in_force(PRIVILEGES, today, request.actor.scope)
    except policybook.NoPolicyInForce:
        policy = None
    found = signed_with(residents.all_ids(person.id), today)
    return render(request, "referral/_signed.html", {"signed": found, "policy": policy if found else None, "is_here": found is not None and found.institution_id == request.actor.institution})
