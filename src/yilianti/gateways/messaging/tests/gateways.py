"""A county's gateway for text messages, as a real HTTP server on this machine."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Gateway(ThreadingHTTPServer):
    """Keeps what it was given; answers with `status` and `body`, after `delay` seconds."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.taken: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.status, self.body, self.delay = 200, {"ok": True}, threading.Event()
        self.slow = 0.0

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Handler(BaseHTTPRequestHandler):
    server: Gateway

    def do_POST(self) -> None:  # noqa: N802
        gateway = self.server
        body = self.rfile.read(int(self.headers["Content-Length"]))
        gateway.delay.wait(gateway.slow)
        gateway.taken.append(json.loads(body))
        gateway.headers.append(dict(self.headers))
        gateway.paths.append(self.path)
        answer = json.dumps(gateway.body).encode()
        self.send_response(gateway.status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *args: Any) -> None:
        pass


@contextmanager
def listening(port: int = 0) -> Iterator[Gateway]:
    """A gateway that serves until the block ends; a fixed port lets one come back where it was."""
    gateway = Gateway(port)
    serving = threading.Thread(target=gateway.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    serving.start()
    try:
        yield gateway
    finally:
        gateway.delay.set()
        gateway.shutdown()
        gateway.server_close()
        serving.join(5)
