"""Behind a reverse proxy: who asks, and over what, is believed only from proxies we know (YILIANTI_TRUSTED_PROXIES)."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Environ = dict[str, Any]
Application = Callable[[Environ, Any], Iterable[bytes]]
#: Anybody can send these; whoever is not a known proxy is not heard.
TOLD = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PORT", "HTTP_X_REAL_IP", "HTTP_FORWARDED")


def networks(given: str) -> tuple[Network, ...]:
    """Addresses and networks, separated by commas; what is neither is believed by nobody, and refused at the start (cli/production.py)."""
    found = []
    for part in given.split(","):
        with suppress(ValueError):
            found.append(ipaddress.ip_network(part.strip(), strict=False))
    return tuple(found)


class BehindProxies:
    """A WSGI application that sees the client's address and scheme, and none of the headers that claim them."""

    def __init__(self, application: Application, trusted: Sequence[Network]) -> None:
        self.application = application
        self.trusted = tuple(trusted)

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        told = {name: environ.pop(name, "") for name in TOLD}
        if self._is_trusted(environ.get("REMOTE_ADDR", "")):
            environ["REMOTE_ADDR"] = self._client(told["HTTP_X_FORWARDED_FOR"], environ["REMOTE_ADDR"])
            scheme = told["HTTP_X_FORWARDED_PROTO"].rpartition(",")[2].strip().lower()
            if scheme in ("http", "https"):
                environ["wsgi.url_scheme"] = scheme
        return self.application(environ, start_response)

    def _client(self, chain: str, peer: str) -> str:
        """The nearest address that is not a proxy of ours: everything further left was told by the client itself."""
        for told in reversed(chain.split(",")):
            address = _bare(told)
            if address is None:
                return peer
            peer = address
            if not self._is_trusted(address):
                break
        return peer

    def _is_trusted(self, address: str) -> bool:
        try:
            asked = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(asked in network for network in self.trusted)


def _bare(told: str) -> str | None:
    """`10.1.2.3`, `10.1.2.3:4711`, `[::1]:4711` → the address; None for anything else."""
    text = told.strip()
    text = text[1:].partition("]")[0] if text.startswith("[") else text.partition(":")[0] if text.count(":") == 1 else text
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return None
