"""What became of a message goes back to the item it speaks of: reached, or why not; the inbox then tries the next way."""

from __future__ import annotations

from yilianti.gateways.messaging import api as messaging
from yilianti.handovers import acting
from yilianti.kernel.models import JournalEntry
from yilianti.registry.inbox import api as inbox

ERRORS = {
    "outbound.acknowledged": "", "outbound.sent": "", "outbound.parked": "网关未能发出，已停在“外发消息”等人处理",
    "outbound.cancelled": "不再发送", "outbound.given_up": "管理员已放弃发送", "messaging.unsent": messaging.NO_GATEWAY,
}  # fmt: skip
WORDS = tuple(ERRORS)


def hand_over(entry: JournalEntry) -> None:
    """The inbox passes over what it has not asked for."""
    inbox.report(actor=acting.on_behalf_of(entry), about=entry.facts["about"], error=ERRORS[entry.word], at=entry.at)
