"""What a resident has agreed to."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F

from yilianti.registry.consent.models import Consent
from yilianti.registry.residents import api as residents


def in_force(resident_id: int, purpose: str, at: datetime) -> Consent | None:
    """The consent that holds at that moment, of the resident or of those merged with them; the one lasting longest."""
    standing = Consent.objects.in_force(at).filter(resident__in=residents.all_ids(resident_id), purpose=purpose)
    return standing.order_by(F("until_at").desc(nulls_first=True), "-given_at").first()


def history(resident_id: int) -> list[Consent]:
    """Every consent ever recorded, newest first."""
    return list(Consent.objects.filter(resident__in=residents.all_ids(resident_id)).select_related("institution").order_by("-given_at", "-id"))
