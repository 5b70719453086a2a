"""What became of a message to a patient goes back to the referral it speaks of, so that whoever must tell them in person knows."""

from __future__ import annotations

from yilianti.care.referral import api as referral
from yilianti.gateways.messaging import api as messaging
from yilianti.handovers import acting
from yilianti.kernel.models import JournalEntry

OUTCOMES = {
    "outbound.acknowledged": ("sent", ""), "outbound.sent": ("sent", ""), "outbound.parked": ("failed", "网关未能发出"),
    "outbound.cancelled": ("failed", "不再发送"), "outbound.given_up": ("failed", "管理员已放弃发送"), "messaging.unsent": ("barred", messaging.NO_GATEWAY),
}  # fmt: skip
WORDS = tuple(OUTCOMES)
START = "now"


def hand_over(entry: JournalEntry) -> None:
    """Referral passes over what it has not asked for."""
    outcome, said = OUTCOMES[entry.word]
    referral.hear_of_text(actor=acting.on_behalf_of(entry), about=entry.facts["about"], outcome=outcome, said=said, at=entry.at)
