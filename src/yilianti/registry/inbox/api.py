"""The door of the inbox."""

from yilianti.registry.inbox.actions import (
    acknowledge,
    ask,
    ask_while,
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
from yilianti.registry.inbox.recipients import uncalled
from yilianti.registry.inbox.rules import quiet_until
from yilianti.registry.inbox.views_kept import marked, saved_views

__all__ = [
    "acknowledge", "ask", "ask_while", "call_due", "complete", "digest_due", "escalate_due", "marked", "message_for", "notify", "pass_on", "quiet_until", "report",
    "saved_views", "uncalled", "waiting",
]  # fmt: skip
