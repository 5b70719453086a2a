"""The door of services."""

from yilianti.capacity.services.actions import note_capability, note_travel, offer
from yilianti.capacity.services.queries import abilities, able, between, can_do, get, search, travel, treats
from yilianti.capacity.services.tables import Capabilities, Services, Ways
from yilianti.capacity.services.terms import Offer, Told

__all__ = ["Capabilities", "Offer", "Services", "Told", "Ways", "abilities", "able", "between", "can_do", "get", "note_capability", "note_travel", "offer", "search", "travel", "treats"]
