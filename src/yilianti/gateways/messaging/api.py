"""The door of messages to people."""

from yilianti.gateways.messaging.actions import NO_GATEWAY, send, send_words
from yilianti.gateways.messaging.sending import CARRIER

__all__ = ["CARRIER", "NO_GATEWAY", "send", "send_words"]
