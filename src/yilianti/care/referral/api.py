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
from yilianti.care.referral.queries import counts, open_questions, timeline, worklist

__all__ = [
    "attach_summary", "counts", "escalate", "lapse_overdue", "open_questions", "recognise_arrival", "recognise_discharge", "remind",
    "timeline", "undo_recognised_arrival", "undo_recognised_discharge", "worklist",
]  # fmt: skip
