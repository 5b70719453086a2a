"""Allergies at the desk."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import timezone

from yilianti.record.prescriptions.models import Allergy
from yilianti.registry.institutions.tests import factories
from yilianti.registry.institutions.tests.browsing import text, visit
from yilianti.registry.residents import api as residents
from yilianti.registry.residents.terms import Demographics


@pytest.mark.django_db
def test_a_substance_is_never_lost_in_none_known() -> None:
    county = factories.county()
    doctor = factories.actor(county.townships[0], "residents.view", "residents.register", "allergies.view", "allergies.record")
    who = residents.register(actor=doctor, identifiers=[], demographics=Demographics("苏映荷", "2", date(1996, 5, 1)), at=timezone.now()).resident
    url = f"/prescriptions/allergies/of/{who.number}/record"
    told = visit(doctor, url, {"kind": "none", "substance": "青霉素", "severity": "unknown"})
    assert told.status_code == 422 and "请改选类别" in text(told) and not Allergy.objects.exists()
    assert visit(doctor, url, {"kind": "none", "substance": "", "severity": "unknown"}).status_code in (200, 302)
    assert Allergy.objects.get().kind == "none"
