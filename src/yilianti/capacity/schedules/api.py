"""The door of schedules: what hospital systems report of appointments."""

from yilianti.capacity.schedules.actions import book, cancel, miss, modify, reschedule
from yilianti.capacity.schedules.terms import Said

__all__ = ["Said", "book", "cancel", "miss", "modify", "reschedule"]
