"""What a resident has agreed to."""

from __future__ import annotations

from datetime import datetime

from yilianti.registry.consent.models import Consent
from yilianti.registry.residents import api as residents

# Asked by every referral and every look across institutions; says what ConsentQuerySet.in_force says.
_IN_FORCE = """SELECT * FROM consent_consent WHERE resident_id = ANY(%(group)s) AND purpose = %(purpose)s AND given_at <= %(at)s
AND (until_at IS NULL OR until_at > %(at)s) AND (withdrawn_at IS NULL OR withdrawn_at > %(at)s)
ORDER BY until_at DESC NULLS FIRST, given_at DESC LIMIT 1"""


def in_force(resident_id: int, purpose: str, at: datetime) -> Consent | None:
    """The consent that holds at that moment, of the resident or of those merged with them; the one lasting longest."""
    group = list(residents.all_ids(resident_id))
    return next(iter(Consent.objects.raw(_IN_FORCE, {"group": group, "purpose": purpose, "at": at})), None)


def history(resident_id: int) -> list[Consent]:
    """Every consent ever recorded, newest first."""
    return list(Consent.objects.filter(resident__in=residents.all_ids(resident_id)).select_related("institution").order_by("-given_at", "-id"))
