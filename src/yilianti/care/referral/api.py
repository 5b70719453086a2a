"""The door of referral."""

from yilianti.care.referral.actions import (
    attach_summary,
    lapse_overdue,
    recognise_arrival,
    recognise_discharge,
    remind_due,
    submit,
    withdraw,
)
from yilianti.care.referral.actions.exchanging import Outline, note_appointment, number_of, outline
from yilianti.care.referral.actions.hearing import hear_of_text, report_untold
from yilianti.care.referral.actions.recognising import undo_recognised_arrival, undo_recognised_discharge
from yilianti.care.referral.actions.telling import texts_for
from yilianti.care.referral.allergies import allergies_told
from yilianti.care.referral.answer_times import AnswerTime, answer_times
from yilianti.care.referral.arrivals import Arrival, arrivals
from yilianti.care.referral.facts import FACTS
from yilianti.care.referral.mornings import Morning, mornings
from yilianti.care.referral.queries import counts, has_any, late_by_receiver, timeline
from yilianti.care.referral.signed_with import note_signed
from yilianti.care.referral.terms import Application

__all__ = [
    "AnswerTime", "Application", "Arrival", "FACTS", "Morning", "Outline", "allergies_told", "answer_times", "arrivals", "attach_summary", "counts", "has_any", "hear_of_text", "lapse_overdue", "late_by_receiver", "mornings", "note_appointment", "note_signed", "number_of", "outline", "recognise_arrival", "recognise_discharge", "remind_due", "report_untold", "submit", "texts_for",
    "timeline", "undo_recognised_arrival", "undo_recognised_discharge", "withdraw",
]  # fmt: skip
