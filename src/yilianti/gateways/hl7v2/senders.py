"""Who a sending facility is: the registered institution, remembered for a second, or a provisional one."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import datetime

from yilianti.gateways.hl7v2.models import CodeMapping
from yilianti.registry.institutions import api as institutions

SYSTEM = "hl7v2"
_SECONDS = 1.0


@dataclass(frozen=True)
class Sender:
    """The institution behind MSH-4, and how to read its codes: (table, local code) → (standard code, display)."""

    institution: int
    name: str
    codes: dict[tuple[str, str], tuple[str, str]]


class Senders:
    """A memory of senders shared by threads; what changes in the register is seen within a second."""

    def __init__(self, seconds: float = _SECONDS) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._known: dict[str, tuple[float, Sender]] = {}

    def find(self, facility: str) -> Sender | None:
        """The registered sender, or None."""
        kept = self._known.get(facility)
        if kept and time.monotonic() - kept[0] < self._seconds:
            return kept[1]
        found = institutions.by_facility_code(SYSTEM, facility)
        if found is None:
            self.forget(facility)
            return None
        sender = Sender(found.id, found.short_name, codes_of(found.id))
        with self._lock:
            self._known[facility] = (time.monotonic(), sender)
        return sender

    def forget(self, facility: str | None = None) -> None:
        """Drops one facility, or all, so that the next message asks the register."""
        with self._lock:
            if facility is None:
                self._known.clear()
            else:
                self._known.pop(facility, None)


def make_provisional(facility: str, *, at: datetime) -> Sender:
    """Files an unknown facility as a provisional institution that an administrator confirms or merges."""
    made = institutions.provisional(system=SYSTEM, value=facility, at=at)
    return Sender(made.id, made.short_name, {})


def codes_of(institution: int) -> dict[tuple[str, str], tuple[str, str]]:
    """All code mappings of one institution."""
    rows = CodeMapping.objects.filter(institution=institution).values_list("table", "local_code", "standard_code", "display")
    return {(table, local): (standard, display) for table, local, standard, display in rows}
