"""The one table of steps of an outgoing message."""

from yilianti.gateways.outbound.terms import State, Verb
from yilianti.kernel.lifecycle import Lifecycle, row

OUTGOING = Lifecycle(
    "外发消息", "waiting", State, Verb,
    row("send",        "waiting",          "sent",         "system",        "outbound.sent"),
    row("acknowledge", "waiting|sent",     "acknowledged", "system",        "outbound.acknowledged"),
    row("park",        "waiting|sent",     "parked",       "system",        "outbound.parked"),
    row("cancel",      "waiting|parked",   "cancelled",    "system",        "outbound.cancelled"),
    row("replay",      "parked|cancelled", "waiting",      "administrator", "outbound.replayed"),
    row("give_up",     "waiting|parked",   "cancelled",    "administrator", "outbound.given_up"),
)  # fmt: skip
