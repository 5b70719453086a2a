"""The door of referral."""

from yilianti.care.referral.actions import (
    attach_summary,
    escalate,
    lapse_overdue,
    recognise_arrival,
    recognise_discharge,
    remind,
)
from yilianti.care.referral.actions.recognising import undo_recognised_arrival, undo_recognised_discharge
from yilianti.care.referral.facts import FACTS
from yilianti.care.referral.queries import counts, has_any, late_by_receiver, open_questions, timeline

__all__ = [
    "FACTS", "attach_summary", "counts", "escalate", "has_any", "lapse_overdue", "late_by_receiver", "open_questions", "recognise_arrival", "recognise_discharge", "remind",
    "timeline", "undo_recognised_arrival", "undo_recognised_discharge",
]  # fmt: skip
