"""What is done to a referral, a verb a function: applying, deciding, arriving, going home."""

from yilianti.care.referral.actions.applying import draft, submit, withdraw
from yilianti.care.referral.actions.arriving import answer_arrival, arrive, lapse, recognise_arrival, undo_arrival
from yilianti.care.referral.actions.certifying import certify
from yilianti.care.referral.actions.deciding import accept, decline, redirect, send_back
from yilianti.care.referral.actions.going_home import (
    attach_summary,
    conclude,
    discharge,
    follow_up,
    offer_home,
    recognise_discharge,
    undo_discharge,
)
from yilianti.care.referral.actions.waiting import escalate, lapse_overdue, remind

__all__ = [
    "accept", "answer_arrival", "arrive", "attach_summary", "certify", "conclude", "decline", "discharge", "draft", "escalate", "follow_up",
    "lapse", "lapse_overdue", "offer_home", "recognise_arrival", "recognise_discharge", "redirect", "remind", "send_back", "submit",
    "undo_arrival", "undo_discharge", "withdraw",
]  # fmt: skip
