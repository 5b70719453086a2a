"""The door of medicines and allergies."""

from yilianti.record.prescriptions.actions import file_prescription, hear_allergy, record_allergy, reseal
from yilianti.record.prescriptions.queries import carried, known, portable
from yilianti.record.prescriptions.terms import AllergyKind, Carried, Filed, Intolerance, Medicine, OrderSaid, Severity

__all__ = [
    "AllergyKind", "Carried", "Filed", "Intolerance", "Medicine", "OrderSaid", "Severity", "carried", "file_prescription", "hear_allergy", "known", "portable",
    "record_allergy", "reseal",
]  # fmt: skip
