"""「县外转诊证明」: issued, listed, downloaded, revoked; and verified by whoever holds one."""

from __future__ import annotations

import time

from django import forms
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from yilianti.care.referral import actions, ledger
from yilianti.care.referral.actions.certificates import Press, standing_of
from yilianti.care.referral.models import Certificate
from yilianti.care.referral.pages import certified
from yilianti.care.referral.pages.views import visible_or_404
from yilianti.care.referral.terms import Standing
from yilianti.kernel.pacing import Pace
from yilianti.kernel.pages import PUBLIC, Request, done, looked_at, numbered, page, whole
from yilianti.kernel.tables.sheets import file
from yilianti.registry.residents import api as residents

#: of one address, in each web process: enough for a counter with a queue, too few to try codes
PACE = Pace(times=30, seconds=60)


class RevokeForm(forms.Form):
    because = forms.CharField(label="撤销原因", max_length=200, error_messages={"required": "请写明撤销原因。"})


def press(request: Request) -> Press:
    """Where this installation makes its papers."""
    return Press(settings.HOME / "files", settings.HOME / "keys", lambda code: request.build_absolute_uri(reverse("verify:certificate", kwargs={"code": code})))


@page("referral.issue_certificate", methods=("POST",))
def issue(request: Request, number: str) -> HttpResponse:
    """「开具县外转诊证明」"""
    referral = visible_or_404(request, number)
    request.actor.require("referral.issue_certificate", referral.from_institution_id)
    made = actions.issue_certificate(actor=request.actor, number=number, press=press(request), at=timezone.now())
    return done(request, reverse("referral:detail", kwargs={"number": number}), f"已开具证明 {made.number}，有效至 {made.valid_until:%Y-%m-%d}；请下载打印交患者。")


@page("referral.issue_certificate")
def certificates(request: Request) -> HttpResponse:
    """What has been issued here, newest first."""
    actor, text = request.actor, request.GET.get("text", "").strip()[:40]
    standing = request.GET.get("standing", "")
    listed = ledger.certificates(actor, text, standing if standing in set(Standing) else "", timezone.localdate(), before=numbered(request.GET.get("before", "")))
    asked = f"text={text}&standing={standing}&" if text or standing else ""
    return render(request, "referral/certificates.html", {
        "rows": [certified.row(one, actor) for one in listed.rows], "text": text, "standing": standing, "standings": Standing.choices(),
        "next_url": f"?{asked}before={listed.next_key}" if listed.next_key else "",
    })  # fmt: skip


def _found(request: Request, certificate: str) -> Certificate:
    found = ledger.certificate(request.actor, certificate)
    if found is None:
        raise Http404("没有这份证明，或您无权查看。")
    return found


@page("referral.view")
def download(request: Request, certificate: str) -> HttpResponse:
    """The signed PDF, byte for byte as it was issued."""
    found = _found(request, certificate)
    looked_at(request, found.referral.resident_id, f"下载转诊证明 {certificate}")
    return file(f"{certificate}.pdf", bytes(found.content), "application/pdf")


@page("referral.revoke_certificate", methods=("POST",))
def revoke(request: Request, certificate: str) -> HttpResponse:
    """「撤销」"""
    found = _found(request, certificate)
    request.actor.require("referral.revoke_certificate", found.institution_id)
    actions.revoke_certificate(actor=request.actor, certificate=certificate, at=timezone.now(), **whole(RevokeForm(request.POST)))
    return done(request, reverse("referral:detail", kwargs={"number": found.referral.number}), f"证明 {certificate} 已撤销；扫码核验的人会看到“已撤销”。")


def _too_many(request: Request) -> HttpResponse:
    answer = render(request, "referral/verify.html", {"too_many": True}, status=429)
    answer["Retry-After"] = "60"
    return answer


@page(PUBLIC)
def verify(request: Request, code: str) -> HttpResponse:
    """For whoever holds a certificate: whether it holds now, and no more than tells whose it is."""
    if not PACE.allows(request.META.get("REMOTE_ADDR") or "", time.monotonic()):
        return _too_many(request)
    found = ledger.certificate_by_code(code)
    standing = standing_of(found, timezone.localdate()) if found else None
    return render(request, "referral/verify.html", {
        "certificate": found, "standing": standing, "tone": certified.TONES[standing] if standing else "", "code": code,
        "name": residents.mask_name(found.referral.resident.name) if found else "",
    }, status=200 if found else 404)  # fmt: skip


@page(PUBLIC)
def ask(request: Request) -> HttpResponse:
    """Type the code that stands on the paper."""
    code = "".join(request.GET.get("code", "").split()).lower()[:64]
    return redirect("verify:certificate", code=code) if code.isalnum() else render(request, "referral/verify.html", {"asks": True})
