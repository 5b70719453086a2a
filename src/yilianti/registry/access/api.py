"""The door of access: the Actor of a request, and the log of looks."""

from yilianti.registry.access.actions import record_looks
from yilianti.registry.access.queries import actor_of

__all__ = ["actor_of", "record_looks"]
