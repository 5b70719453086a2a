"""One verb a function: what people and doors may do to an examination."""

from yilianti.care.diagnosis.actions.attaching import attach
from yilianti.care.diagnosis.actions.charging import charge, refund, waive
from yilianti.care.diagnosis.actions.critical import acknowledge, note_unreachable, resolve
from yilianti.care.diagnosis.actions.delegating import delegate, end_delegation
from yilianti.care.diagnosis.actions.issuing import amend, convene, decide, issue, opine, refer_back, retire_signer
from yilianti.care.diagnosis.actions.ordering import acquire, cancel, order, revise, send
from yilianti.care.diagnosis.actions.reading import claim, claim_next, conclude, read_again, reject, release
from yilianti.care.diagnosis.actions.reminding import remind
from yilianti.care.diagnosis.actions.templating import drop_template, keep_template

__all__ = [
    "acknowledge", "acquire", "amend", "attach", "cancel", "charge", "claim", "claim_next", "conclude", "convene", "decide", "delegate", "drop_template", "end_delegation", "issue", "keep_template", "note_unreachable", "opine", "order",
    "read_again", "refer_back", "refund", "reject", "release", "remind", "resolve", "retire_signer", "revise", "send", "waive",
]  # fmt: skip
