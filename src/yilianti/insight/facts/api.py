"""The door of facts: the tables, how far they reach, and sessions that count in them."""

from yilianti.insight.facts.actions import ask_rebuild
from yilianti.insight.facts.opening import follower, session
from yilianti.insight.facts.queries import leads, root, watermark
from yilianti.insight.facts.tables import TABLES
from yilianti.insight.facts.terms import Engine, Following, Interrupted, Step

__all__ = ["Engine", "Following", "Interrupted", "Step", "TABLES", "ask_rebuild", "follower", "leads", "root", "session", "watermark"]
