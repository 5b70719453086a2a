"""The code by which a resident confirms a contract goes to their telephone, at any hour: somebody waits for it."""

from __future__ import annotations

from django.utils import timezone

from yilianti.care.contract import api as contract
from yilianti.gateways.messaging import api as messaging
from yilianti.handovers import acting
from yilianti.kernel.models import JournalEntry

WORDS = ("contract.code_sent",)
START = "now"


def hand_over(entry: JournalEntry) -> None:
    """Nothing goes out once the code has been used or its minutes are over."""
    at = timezone.now()
    text = contract.text_of_code(entry.facts["code"], at)
    if text is not None:
        messaging.send_words(actor=acting.on_behalf_of(entry), institution=text.institution, phone=text.phone, words=text.words, about=entry.subject, key=f"contract-code-{entry.facts['code']}", at=at,
                             resident=entry.resident, caused_by=entry.id)  # fmt: skip
