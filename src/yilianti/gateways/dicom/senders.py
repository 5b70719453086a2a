"""Who calls: the registered sender of an AE title at an address, remembered for a second."""

from __future__ import annotations

import ipaddress
import threading
import time
from dataclasses import dataclass

from yilianti.gateways.dicom.models import Sender
from yilianti.kernel.actor import Actor

_SECONDS = 1.0


@dataclass(frozen=True)
class Caller:
    """A sender as an association carries it."""

    id: int
    name: str
    ae_title: str
    institution: int
    institution_name: str
    orders: bool

    @property
    def actor(self) -> Actor:
        """The machine, acting for its institution."""
        return Actor.system(f"DICOM 接口（{self.institution_name}）"[:64], institution=self.institution)


class Senders:
    """A memory of the register shared by threads: what changes there is seen within a second, what is unknown costs one statement a second."""

    def __init__(self, seconds: float = _SECONDS) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._read_at = -1e9
        self._known: list[tuple[str, str, Caller]] = []

    def find(self, ae_title: str, address: str) -> Caller | None:
        """The sender of this title whose address, or network, holds this address; a single address before a network."""
        found = [(network.prefixlen, caller) for title, told, caller in self._all() if title == ae_title.strip() and (network := _holds(told, address)) is not None]
        return max(found, key=lambda one: one[0])[1] if found else None

    def _all(self) -> list[tuple[str, str, Caller]]:
        with self._lock:
            if time.monotonic() - self._read_at >= self._seconds:
                self._known = [(row.ae_title, row.address, caller_of(row)) for row in Sender.objects.filter(active=True).select_related("institution")]
                self._read_at = time.monotonic()
            return self._known


def caller_of(row: Sender) -> Caller:
    return Caller(row.pk, row.name, row.ae_title, row.institution_id, row.institution.short_name, row.orders)


def network_of(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    """An address (a network of one) or a network such as 10.1.2.0/24; None for anything else."""
    try:
        return ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        return None


def _holds(told: str, address: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    network = network_of(told)
    try:
        peer = ipaddress.ip_address(address)
    except ValueError:
        return None
    peer = getattr(peer, "ipv4_mapped", None) or peer  # an IPv4 caller on a socket of both kinds
    return network if network is not None and peer.version == network.version and peer in network else None
