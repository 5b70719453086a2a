"""Certificates that were issued: of one referral, of an institution, and by the code on the paper; the paper itself is opened to be downloaded only."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from yilianti.care.referral import access
from yilianti.care.referral.models import Certificate, Referral
from yilianti.care.referral.terms import Standing
from yilianti.kernel.actor import Actor
from yilianti.kernel.pages import Slice, keyset

PAGE = 20
_SHOWN = ("referral__resident", "institution", "issued_by", "revoked_by")
_GONE = Q(referral__state__in=("withdrawn", "declined", "lapsed"))


def certificates_of(referral: Referral) -> list[Certificate]:
    return list(referral.certificates.select_related(*_SHOWN).defer("content").order_by("-id"))


def certificates(actor: Actor, text: str, standing: str, day: date, *, before: int | None = None) -> Slice:
    """What the actor's institutions have issued, newest first; one query."""
    rows = Certificate.objects.filter(institution__in=actor.reaches("referral.issue_certificate")).select_related(*_SHOWN).defer("content").order_by("-id")
    if text:
        rows = rows.filter(Q(number__iendswith=text) | Q(referral__number__iendswith=text) | Q(receiver__contains=text) | Q(referral__resident__name=text))
    if standing:
        rows = rows.filter(_standing(standing, day))
    if before is not None:
        rows = rows.filter(id__lt=before)
    return keyset(list(rows[: PAGE + 1]), PAGE, key=lambda one: one.id)


def _standing(standing: str, day: date) -> Q:
    """The same as `rules.standing`, for the database."""
    held = Q(revoked_at__isnull=True)
    return {
        Standing.REVOKED: ~held, Standing.VOID: held & _GONE, Standing.EXPIRED: held & ~_GONE & Q(valid_until__lt=day),
        Standing.VALID: held & ~_GONE & Q(valid_until__gte=day),
    }[Standing(standing)]  # fmt: skip


def certificate(actor: Actor, number: str) -> Certificate | None:
    """Of a referral the actor sees."""
    seen = Referral.objects.filter(access.visible_to(actor))
    return Certificate.objects.select_related(*_SHOWN).filter(number=number, referral__in=seen).first()


def certificate_by_code(code: str) -> Certificate | None:
    """For whoever holds the paper in hand."""
    return Certificate.objects.select_related(*_SHOWN).defer("content").filter(code=code.lower()).first()
