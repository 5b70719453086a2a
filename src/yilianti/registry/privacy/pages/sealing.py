"""The seals on one item, for whoever may read it: lift one, with the reason."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from yilianti.kernel.pages import Request, looked_at, page, whole
from yilianti.registry.privacy import access, actions, queries
from yilianti.registry.privacy.models import Seal
from yilianti.registry.privacy.pages import forms


@page("privacy.unseal")
def seals_of(request: Request, source: str, number: str) -> HttpResponse:
    """Seals that lie or lay on an item, as a fragment for its page; nothing where there never was one."""
    reach = request.actor.reaches(access.UNSEAL)
    found = list(Seal.objects.filter(source=source, number=number, institution__in=reach).order_by("-id"))
    if found:
        looked_at(request, found[0].resident_id, "查看敏感标记")
    rows = [(seal, forms.UnsealForm(auto_id=f"seal_{seal.id}_%s")) for seal in found]
    names = queries.category_names(request.actor, timezone.localdate())
    return render(request, "privacy/_seals.html", {"rows": [(seal, names.get(seal.category, seal.category), form) for seal, form in rows]})


@page("privacy.unseal", ["POST"])
def unseal(request: Request, seal: int) -> HttpResponse:
    """「解除」"""
    found = Seal.objects.filter(id=seal, institution__in=request.actor.reaches(access.UNSEAL)).first()
    if found is None:
        raise Http404("没有这条敏感标记。")
    actions.unseal(actor=request.actor, seal_id=found.id, at=timezone.now(), **whole(forms.UnsealForm(request.POST)))
    return redirect("privacy:seals_of", source=found.source, number=found.number)
