"""Allergies a patient told the referring doctor, as the record will hold them."""

from __future__ import annotations

from yilianti.care.referral.models import Referral
from yilianti.care.referral.rules import allergies
from yilianti.care.referral.rules.allergies import Told


def allergies_told(number: str) -> list[Told]:
    """What was newly told for this referral; what the record knew before is not repeated. One statement."""
    lines = Referral.objects.filter(number=number).values_list("allergies", flat=True).first() or []
    return [allergies.told(line) for line in lines if allergies.is_new(line)]
