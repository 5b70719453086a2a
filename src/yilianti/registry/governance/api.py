"""The door of governance."""

from yilianti.registry.governance.actions import enact, remind_expiring
from yilianti.registry.governance.actions.papers import stamp_of
from yilianti.registry.governance.queries import authorities

__all__ = ["authorities", "enact", "remind_expiring", "stamp_of"]
