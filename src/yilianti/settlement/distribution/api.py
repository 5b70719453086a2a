"""The door of distribution."""

from yilianti.settlement.distribution.actions import note_work, tell, tell_overdue
from yilianti.settlement.distribution.models import Settlement, Statement
from yilianti.settlement.distribution.queries import seat_of, to_confirm
from yilianti.settlement.distribution.tables import Scores, Works
from yilianti.settlement.distribution.terms import State, StatementState, Told, WorkKind

__all__ = ["Scores", "Settlement", "State", "Statement", "StatementState", "Told", "WorkKind", "Works", "note_work", "seat_of", "tell", "tell_overdue", "to_confirm"]
