"""The door of the HL7 v2 gateway: what desks count, and how a message is received without a socket."""

from yilianti.gateways.hl7v2.appointments import announce_place
from yilianti.gateways.hl7v2.diagnoses import announce_report
from yilianti.gateways.hl7v2.mllp import Frame
from yilianti.gateways.hl7v2.queries import waiting
from yilianti.gateways.hl7v2.receiving import Receiver
from yilianti.gateways.hl7v2.referrals import announce
from yilianti.gateways.hl7v2.sending import CARRIER
from yilianti.gateways.hl7v2.sources import sources

__all__ = ["CARRIER", "Frame", "Receiver", "announce", "announce_place", "announce_report", "sources", "waiting"]
