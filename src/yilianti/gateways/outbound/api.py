"""The door of the outbox: leave a message, take it back, hear of its receipt; what a channel is made of."""

from yilianti.gateways.outbound.actions import cancel, enqueue, replay
from yilianti.gateways.outbound.models import Destination, Outgoing
from yilianti.gateways.outbound.queries import about, control_id, standing, wanting
from yilianti.gateways.outbound.sender import start
from yilianti.gateways.outbound.sending import raise_alarms
from yilianti.gateways.outbound.terms import Address, Carrier, Channel, Event, Outcome, Result, State

__all__ = [
    "Address", "Carrier", "Channel", "Destination", "Event", "Outcome", "Outgoing", "Result", "State", "about", "cancel", "control_id", "enqueue", "raise_alarms",
    "replay", "standing", "start", "wanting",
]  # fmt: skip
