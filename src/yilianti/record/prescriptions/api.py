"""The door of medicines and allergies."""

from yilianti.record.prescriptions.actions import file_prescription, record_allergy, reseal
from yilianti.record.prescriptions.queries import carried, known, portable
from yilianti.record.prescriptions.terms import Carried, Filed, Intolerance, Medicine, OrderSaid, Severity

__all__ = [
    "Carried", "Filed", "Intolerance", "Medicine", "OrderSaid", "Severity", "carried", "file_prescription", "known", "portable",
    "record_allergy", "reseal",
]  # fmt: skip
