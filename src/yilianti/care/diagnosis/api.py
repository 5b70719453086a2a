"""The door of diagnosis."""

from yilianti.care.diagnosis.actions import acquire, cancel, order, remind, retire_signer, revise, send
from yilianti.care.diagnosis.due import called, shown_to, takes_recording, to_record
from yilianti.care.diagnosis.ecg import Examined, examine
from yilianti.care.diagnosis.facts import FACTS
from yilianti.care.diagnosis.models import Exam
from yilianti.care.diagnosis.portable import portable, portable_files
from yilianti.care.diagnosis.queries import of_order, one, reported
from yilianti.care.diagnosis.terms import Modality, Order, Reported, State, Urgency

__all__ = [
    "FACTS", "Exam", "Examined", "Modality", "Order", "Reported", "State", "Urgency", "acquire", "called", "cancel", "examine", "of_order", "one", "order", "portable", "portable_files", "remind", "reported", "retire_signer",
    "revise", "send", "shown_to", "takes_recording", "to_record",
]  # fmt: skip
