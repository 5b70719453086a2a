"""What is done: telling, reckoning, saying, deciding, supposing."""

from yilianti.settlement.distribution.actions.deciding import approve, lock, post, send_back, withdraw
from yilianti.settlement.distribution.actions.reckoning import reckon, resume
from yilianti.settlement.distribution.actions.saying import accept, answer, confirm, dispute
from yilianti.settlement.distribution.actions.supposing import archive, keep
from yilianti.settlement.distribution.actions.telling import correct_work, note_work, tell, work

__all__ = ["accept", "answer", "approve", "archive", "confirm", "correct_work", "dispute", "keep", "lock", "note_work", "post", "reckon", "resume", "send_back", "tell", "withdraw", "work"]
