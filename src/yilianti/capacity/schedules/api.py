"""The door of schedules: what hospital systems report of appointments."""

from yilianti.capacity.schedules.actions import book, cancel, miss, modify, reschedule
from yilianti.capacity.schedules.terms import Filed, Said, State

__all__ = ["Filed", "Said", "State", "book", "cancel", "miss", "modify", "reschedule"]
