"""Forwarded headers are believed from known proxies only, and only as far as they reach."""

from __future__ import annotations

import pytest

from yilianti.config.proxies import BehindProxies, networks

TRUSTED = networks("10.0.0.0/24, 192.0.2.7, nonsense, ::1")


def seen(peer: str, **told: str) -> tuple[str, str, set[str]]:
    """(address, scheme, forwarded headers left) that the application behind sees."""
    kept: dict[str, object] = {}

    def application(environ, start_response):
        kept.update(environ)
        return []

    headers = {f"HTTP_{name.upper()}": value for name, value in told.items()}
    BehindProxies(application, TRUSTED)({"REMOTE_ADDR": peer, "wsgi.url_scheme": "http", **headers}, None)
    return str(kept["REMOTE_ADDR"]), str(kept["wsgi.url_scheme"]), {name for name in kept if "FORWARDED" in name or "REAL_IP" in name}


@pytest.mark.parametrize(
    ("peer", "chain", "client"),
    [
        ("10.0.0.5", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.5", "1.1.1.1, 203.0.113.9, 10.0.0.6", "203.0.113.9"),  # what the client itself claims stands further left
        ("10.0.0.5", "203.0.113.9:4711", "203.0.113.9"),
        ("10.0.0.5", "[2001:db8::1]:4711", "2001:db8::1"),
        ("10.0.0.5", "<script>", "10.0.0.5"),
        ("10.0.0.5", "", "10.0.0.5"),
        ("::1", "203.0.113.9", "203.0.113.9"),
        ("203.0.113.9", "10.0.0.5", "203.0.113.9"),
        ("10.0.1.5", "1.1.1.1", "10.0.1.5"),
    ],
)
def test_client_address(peer, chain, client):
    assert seen(peer, x_forwarded_for=chain)[0] == client


def test_scheme_and_headers():
    assert seen("10.0.0.5", x_forwarded_proto="https", x_forwarded_host="evil") == ("10.0.0.5", "https", set())
    assert seen("203.0.113.9", x_forwarded_proto="https", forwarded="for=1.1.1.1", x_real_ip="1.1.1.1") == ("203.0.113.9", "http", set())
    assert seen("10.0.0.5", x_forwarded_proto="http, https")[1] == "https"
