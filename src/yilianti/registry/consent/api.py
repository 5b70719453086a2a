"""The door of consent."""

from yilianti.registry.consent.actions import record, withdraw
from yilianti.registry.consent.queries import history, in_force
from yilianti.registry.consent.terms import Basis, Purpose

__all__ = ["Basis", "Purpose", "history", "in_force", "record", "withdraw"]
