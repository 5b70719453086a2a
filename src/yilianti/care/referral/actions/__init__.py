"""What is done to a referral, a verb a function: applying, approving, deciding, advising, arriving, going home."""

from yilianti.care.referral.actions.advising import adopt, advise, convert
from yilianti.care.referral.actions.applying import draft, submit, withdraw
from yilianti.care.referral.actions.applying import submit as ask_approval  # which of the three it becomes, policy says
from yilianti.care.referral.actions.applying import submit as send_out
from yilianti.care.referral.actions.approving import approve, approve_out, disapprove
from yilianti.care.referral.actions.arriving import answer_arrival, arrive, lapse, recognise_arrival, undo_arrival
from yilianti.care.referral.actions.certificates import issue_certificate, revoke_certificate
from yilianti.care.referral.actions.certifying import certify
from yilianti.care.referral.actions.deciding import accept, assign, decline, hand_back, send_back, take
from yilianti.care.referral.actions.going_home import (
    attach_summary,
    bring_home,
    conclude,
    discharge,
    follow_up,
    offer_home,
    recall,
    recognise_discharge,
    undo_discharge,
)
from yilianti.care.referral.actions.judging import judge
from yilianti.care.referral.actions.leaving import note_outcome
from yilianti.care.referral.actions.queueing import decline_offer, join_line, leave_line, take_offer
from yilianti.care.referral.actions.rerouting import agree_redirect, propose_redirect, redirect, refuse_redirect
from yilianti.care.referral.actions.screening import accept_batch, submit_batch
from yilianti.care.referral.actions.talking import note_milestone, say
from yilianti.care.referral.actions.telling import resend_notice, tell_in_person
from yilianti.care.referral.actions.waiting import lapse_overdue, remind_due

__all__ = [
    "accept", "accept_batch", "adopt", "advise", "agree_redirect", "answer_arrival", "approve", "approve_out", "arrive", "ask_approval", "assign", "attach_summary", "bring_home",
    "certify", "conclude", "convert", "decline", "decline_offer", "disapprove", "discharge", "draft", "follow_up", "hand_back", "join_line", "lapse", "leave_line",
    "issue_certificate", "judge", "lapse_overdue", "note_milestone", "note_outcome", "offer_home", "propose_redirect", "recall", "recognise_arrival", "recognise_discharge",
    "redirect", "refuse_redirect", "remind_due", "resend_notice", "revoke_certificate", "say", "send_back", "send_out", "submit", "submit_batch", "take", "take_offer", "tell_in_person", "undo_arrival", "undo_discharge", "withdraw",
]  # fmt: skip
