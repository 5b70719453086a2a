"""The door of the inbox."""

from yilianti.registry.inbox.actions import acknowledge, ask, complete, notify
from yilianti.registry.inbox.queries import open_count, waiting

__all__ = ["acknowledge", "ask", "complete", "notify", "open_count", "waiting"]
