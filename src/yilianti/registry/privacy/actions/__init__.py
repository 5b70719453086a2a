"""What is done for the protection of personal information: one function per verb."""

from yilianti.registry.privacy.actions.asking import (
    answer_request,
    grant_request,
    note_copy,
    receive,
    refuse_request,
    withdraw_request,
)
from yilianti.registry.privacy.actions.emergency import end_emergency, expire, justify, open_emergency, question
from yilianti.registry.privacy.actions.sealing import reseal, seal, unseal

__all__ = [
    "answer_request", "end_emergency", "expire", "grant_request", "justify", "note_copy", "open_emergency", "question", "receive",
    "refuse_request", "reseal", "seal", "unseal", "withdraw_request",
]  # fmt: skip
