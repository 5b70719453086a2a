"""A card laid on a reader that types: the person is opened, or the form stands filled in."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from yilianti.kernel.pages import Request, page
from yilianti.registry.residents import access, documents, queries, rules
from yilianti.registry.residents.pages import forms
from yilianti.registry.residents.pages.registering import empty_form

#: Where somebody found by their card is opened when the search was begun for a purpose.
_THEN = {"referral": "/referrals/new?resident={}", "ecg": "/diagnosis/new?resident={}", "contract": "/contracts/new?resident={}"}


@page("residents.search", methods=("POST",))
def read(request: Request) -> HttpResponse:
    """What a reader typed: POST keeps the number out of addresses and logs."""
    actor, then = request.actor, request.POST.get("then", "")
    said = documents.reading(request.POST.get("line", ""), timezone.localdate(), actor.scope)
    back = f"/residents/?then={then}" if then in _THEN else "/residents/"
    if not said:
        messages.warning(request, "认不出这张卡：格式没有登记在“读卡器与二维码内容的格式”里。请手工输入号码，并请信息科补登格式。")
        return redirect(back)
    numbers = [said[key] for key in ("id_card", "health_card", "insurance") if key in said]
    if (fault := rules.why_not_id_card(said["id_card"])) if "id_card" in said else "":
        messages.warning(request, fault)
        return redirect(back)
    found = next((row for number in numbers for row in queries.search(actor, number).rows), None)
    if found is not None and access.may_view(actor, found.id):
        return redirect(_THEN.get(then, "/residents/{}/").format(found.number))
    if not actor.may("residents.register"):
        messages.warning(request, "这张卡的持有人还没有登记，或不在您的服务范围；请由有登记权限的岗位办理。")
        return redirect(back)
    return render(request, "residents/register.html", {"form": _filled(request, said), "card": None, "then": then})


def _filled(request: Request, said: dict[str, str]) -> forms.RegisterForm:
    """The form as the card fills it: birth date and sex out of the number (GB 11643)."""
    initial = dict(said)
    if card := rules.read_id_card(said.get("id_card", "")):
        initial |= {"id_card": card.value, "born_on": card.born_on.isoformat(), "sex": card.sex.value}
    return empty_form(request, initial)
