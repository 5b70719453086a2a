"""Acts on the inbox: telling, answering, taking, climbing the ladder, standing in, reaching people elsewhere."""

from yilianti.registry.inbox.actions.answering import acknowledge, acknowledge_many, finish, reopen, see
from yilianti.registry.inbox.actions.climbing import escalate_due
from yilianti.registry.inbox.actions.digesting import digest_due
from yilianti.registry.inbox.actions.keeping import drop_view, keep_view, rename_view
from yilianti.registry.inbox.actions.preferring import ask_code, choose, confirm_phone, forget_phone
from yilianti.registry.inbox.actions.reaching import call_due, report
from yilianti.registry.inbox.actions.standing_in import end_absence, enter_absence
from yilianti.registry.inbox.actions.taking import claim, give_back, hand_over, pass_on
from yilianti.registry.inbox.actions.telling import ask, ask_while, complete, notify

__all__ = [
    "acknowledge", "acknowledge_many", "ask", "ask_code", "ask_while", "call_due", "choose", "claim", "complete", "confirm_phone", "digest_due", "drop_view", "end_absence",
    "enter_absence", "escalate_due", "finish", "forget_phone", "give_back", "hand_over", "keep_view", "notify", "pass_on", "rename_view",
    "reopen", "report", "see",
]  # fmt: skip
