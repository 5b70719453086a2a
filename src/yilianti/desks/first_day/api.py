"""The door of the first day."""

from yilianti.desks.first_day.checklist import is_over, steps
from yilianti.desks.first_day.founding import FIRST_POSTS, Charter, found

__all__ = ["FIRST_POSTS", "Charter", "found", "is_over", "steps"]
