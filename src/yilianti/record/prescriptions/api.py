"""The door of medicines and allergies."""

from yilianti.record.prescriptions.actions import file_prescription, record_allergy
from yilianti.record.prescriptions.queries import known
from yilianti.record.prescriptions.terms import AllergyKind, Filed, Intolerance, Medicine, OrderSaid, Severity, State

__all__ = [
    "AllergyKind", "Filed", "Intolerance", "Medicine", "OrderSaid", "Severity", "State", "file_prescription", "known", "record_allergy",
]  # fmt: skip
