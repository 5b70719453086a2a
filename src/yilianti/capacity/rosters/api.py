"""The door of rosters."""

from yilianti.capacity.rosters.queries import addressees, next_to_tell, on_duty, told
from yilianti.capacity.rosters.terms import Duty

__all__ = ["Duty", "addressees", "next_to_tell", "on_duty", "told"]
