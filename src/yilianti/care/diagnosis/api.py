"""The door of diagnosis."""

from yilianti.care.diagnosis.actions import attach, cancel, order, remind, retire_signer, revise
from yilianti.care.diagnosis.due import called, shown_to, takes_recording, to_record
from yilianti.care.diagnosis.facts import FACTS
from yilianti.care.diagnosis.models import Exam
from yilianti.care.diagnosis.portable import portable, portable_files
from yilianti.care.diagnosis.queries import of_order, one, reported
from yilianti.care.diagnosis.terms import Modality, Order, Reported, State

__all__ = [
    "FACTS", "Exam", "Modality", "Order", "Reported", "State", "attach", "called", "cancel", "of_order", "one", "order", "portable", "portable_files", "remind", "reported", "retire_signer", "revise", "shown_to",
    "takes_recording", "to_record",
]  # fmt: skip
