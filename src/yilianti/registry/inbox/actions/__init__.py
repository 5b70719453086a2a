"""Acts on the inbox: telling, answering, taking, climbing the ladder, standing in, reaching people elsewhere."""

from yilianti.registry.inbox.actions.answering import acknowledge, acknowledge_many, finish, reopen, see
from yilianti.registry.inbox.actions.taking import claim, give_back, hand_over
from yilianti.registry.inbox.actions.telling import ask, complete, notify

__all__ = [
    "acknowledge", "acknowledge_many", "ask", "claim", "complete", "finish", "give_back", "hand_over", "notify", "reopen", "see",
]  # fmt: skip
