"""What is done: telling, reckoning, saying, reminding, deciding, supposing."""

from yilianti.settlement.distribution.actions.deciding import approve, lock, post, send_back, withdraw
from yilianti.settlement.distribution.actions.reckoning import reckon, resume
from yilianti.settlement.distribution.actions.reminding import remind, tell_overdue
from yilianti.settlement.distribution.actions.saying import accept, answer, confirm, dispute
from yilianti.settlement.distribution.actions.supposing import archive, keep
from yilianti.settlement.distribution.actions.telling import take_back, tell, tell_many
from yilianti.settlement.distribution.actions.working import correct_work, note_work, work

__all__ = ["accept", "answer", "approve", "archive", "confirm", "correct_work", "dispute", "keep", "lock", "note_work", "post", "reckon", "remind", "resume", "send_back", "take_back", "tell", "tell_many", "tell_overdue", "withdraw", "work"]
