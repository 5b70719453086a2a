"""What one association, and all of them together, may cost."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass

MB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Sizes in bytes, times in seconds. `pdu` is what we ask for; a longer one up to `longest_pdu` is still taken, beyond it the line is cut."""

    associations: int = 32
    pdu: int = 131_072
    longest_pdu: int = 1 * MB
    object: int = 32 * MB
    together: int = 256 * MB
    acse: float = 10.0
    dimse: float = 60.0
    network: float = 120.0
    matches: int = 2000
    workers: int = 4


def from_environment() -> Limits:
    """The limits, each changeable by one variable."""
    usual = Limits()
    return Limits(
        associations=int(os.environ.get("YILIANTI_DICOM_ASSOCIATIONS", usual.associations)), pdu=int(os.environ.get("YILIANTI_DICOM_PDU", usual.pdu)),
        object=int(os.environ.get("YILIANTI_DICOM_MAX_MB", usual.object // MB)) * MB, together=int(os.environ.get("YILIANTI_DICOM_MEMORY_MB", usual.together // MB)) * MB,
        network=float(os.environ.get("YILIANTI_DICOM_IDLE_SECONDS", usual.network)), workers=int(os.environ.get("YILIANTI_DICOM_WORKERS", usual.workers)),
    )  # fmt: skip


class Budget:
    """How much of unfinished objects is in memory, over all associations."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._lock = threading.Lock()
        self._held = 0

    @property
    def held(self) -> int:
        return self._held

    def take(self, size: int) -> bool:
        """Reserve so many bytes; False when all of them together would be too much."""
        with self._lock:
            if self._held + size > self.limits.together:
                return False
            self._held += size
            return True

    def give_back(self, size: int) -> None:
        with self._lock:
            self._held = max(0, self._held - size)
