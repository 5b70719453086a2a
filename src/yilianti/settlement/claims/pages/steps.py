"""One POST a step: a bill put right, or taken back."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from yilianti.kernel.pages import Request, done, page, whole
from yilianti.settlement.claims import access, actions
from yilianti.settlement.claims.pages import forms
from yilianti.settlement.claims.pages.bill import visible_or_404


@page(access.BRING, methods=("POST",))
def correct(request: Request, number: str) -> HttpResponse:
    """「更正」: a further version of the bill, priced anew."""
    row, now = visible_or_404(request, number), timezone.now()
    access.require_file(request.actor, row.institution)
    form = forms.CorrectForm(request.POST)
    said = whole(form)
    actions.correct(actor=request.actor, number=number, version=said["version"], changes=form.changes(row), because=said["because"], at=now)
    return done(request, reverse("claims:bill", args=[number]), f"{number} 已更正，并重新计算。")


@page(access.BRING, methods=("POST",))
def withdraw(request: Request, number: str) -> HttpResponse:
    """「作废」: stays to be read, counts for nothing."""
    access.require_withdraw(request.actor, visible_or_404(request, number).institution)
    actions.withdraw(actor=request.actor, number=number, because=whole(forms.WithdrawForm(request.POST))["because"], at=timezone.now())
    return done(request, reverse("claims:bill", args=[number]), f"{number} 已作废。")
