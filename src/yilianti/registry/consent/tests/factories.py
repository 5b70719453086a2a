"""Consents for tests of any room."""

from __future__ import annotations

from datetime import datetime

from yilianti.registry.consent import api as consent
from yilianti.registry.consent.models import Consent
from yilianti.registry.institutions.models import Institution
from yilianti.registry.institutions.tests.factories import AT, SYSTEM
from yilianti.registry.residents.models import Resident


def given(who: Resident, place: Institution, purpose: str = "referral", until_at: datetime | None = None) -> Consent:
    """A signed consent, recorded at AT."""
    return consent.record(actor=SYSTEM, resident_id=who.id, purpose=purpose, basis="signed", institution_id=place.id, at=AT, until_at=until_at)
