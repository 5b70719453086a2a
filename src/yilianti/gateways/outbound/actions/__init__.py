"""What is done to outgoing messages and destinations: queueing, mending, keeping."""

from yilianti.gateways.outbound.actions.keeping import keep_destination, switch, try_out
from yilianti.gateways.outbound.actions.mending import give_up, replay, replay_all
from yilianti.gateways.outbound.actions.queueing import cancel, confirm, enqueue

__all__ = ["cancel", "confirm", "enqueue", "give_up", "keep_destination", "replay", "replay_all", "switch", "try_out"]
