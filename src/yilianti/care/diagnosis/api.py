"""The door of diagnosis."""

from yilianti.care.diagnosis.actions import acquire, cancel, order, remind, retire_signer, send
from yilianti.care.diagnosis.ecg import Examined, examine
from yilianti.care.diagnosis.models import Exam
from yilianti.care.diagnosis.queries import one
from yilianti.care.diagnosis.terms import Modality, Order, Urgency

__all__ = ["Exam", "Examined", "Modality", "Order", "Urgency", "acquire", "cancel", "examine", "one", "order", "remind", "retire_signer", "send"]
