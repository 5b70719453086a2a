"""Recordings that no order claims are one task of the institution whose cart made them, until nothing waits there."""

from __future__ import annotations

from yilianti.gateways.ecg_devices import api as ecg_devices
from yilianti.handovers import acting
from yilianti.kernel.models import JournalEntry
from yilianti.registry.inbox import api as inbox

LINKS = {"dicom": "/dicom/", "ecg_devices": "/ecg/files/"}
WORDS = tuple(f"{room}.{done}" for room in LINKS for done in ("left_unmatched", "claimed", "set_aside"))
START = "now"


def hand_over(entry: JournalEntry) -> None:
    """As many files as there are, they are looked through in one go."""
    place = int(entry.to_institution or 0)
    inbox.ask_while(ecg_devices.unclaimed(place) > 0, actor=acting.on_behalf_of(entry), key=f"{entry.id}:unclaimed", about=f"unclaimed:{place}", institution_id=place, at=entry.at,
                    title="心电图机发来的记录没有找到对应的检查，请认领", link=LINKS[entry.word.partition(".")[0]], role=ecg_devices.claimers(place, entry.at))  # fmt: skip
