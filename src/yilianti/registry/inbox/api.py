"""The door of the inbox."""

from yilianti.registry.inbox.actions import (
    acknowledge,
    ask,
    call_due,
    complete,
    digest_due,
    escalate_due,
    notify,
    pass_on,
    report,
)
from yilianti.registry.inbox.messages import message_for
from yilianti.registry.inbox.queries import waiting

__all__ = [
    "acknowledge", "ask", "call_due", "complete", "digest_due", "escalate_due", "message_for", "notify", "pass_on", "report", "waiting",
]  # fmt: skip
