"""What carries outgoing messages: each channel of the outbox and the gateway that speaks it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from yilianti.gateways.hl7v2 import api as hl7v2
from yilianti.gateways.messaging import api as messaging
from yilianti.gateways.outbound.api import Carrier, Channel

CARRIERS: Final[Mapping[str, Carrier]] = {
    Channel.HL7V2.value: hl7v2.CARRIER, Channel.SMS.value: messaging.CARRIER, Channel.CHAT.value: messaging.CARRIER,
}  # fmt: skip
