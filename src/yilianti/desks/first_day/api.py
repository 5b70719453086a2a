"""The door of the first day."""

from yilianti.desks.first_day.checklist import Step, is_over, steps
from yilianti.desks.first_day.founding import FIRST_POSTS, Charter, FirstAccount, found

__all__ = ["FIRST_POSTS", "Charter", "FirstAccount", "Step", "found", "is_over", "steps"]
