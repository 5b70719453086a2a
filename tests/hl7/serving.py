"""A real listener on a real socket, in a thread of the test."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Iterator

from hl7.client import MLLPClient

from yilianti.gateways.hl7v2.listener import Listener
from yilianti.gateways.hl7v2.mllp import Limits


class Running:
    """A listener that runs; `port` is where."""

    def __init__(self, **how: object) -> None:
        self._ready = threading.Event()
        self._how = how
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._thread.start()
        assert self._ready.wait(10), "the listener did not start"

    async def _serve(self) -> None:
        self.loop = asyncio.get_running_loop()
        limits = Limits(**self._how.pop("limits", {}))  # type: ignore[arg-type]
        settings = {"provisional": True, "workers": 4, **self._how}
        self.listener = Listener("127.0.0.1", 0, limits=limits, **settings)  # type: ignore[arg-type]
        await self.listener.serve(self._ready)

    @property
    def port(self) -> int:
        return self.listener.port

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self.listener.stop)
        self._thread.join(20)
        assert not self._thread.is_alive()


@contextlib.contextmanager
def listening(**how: object) -> Iterator[Running]:
    running = Running(**how)
    try:
        yield running
    finally:
        running.stop()


def send(port: int, *texts: str | bytes, codec: str = "utf-8") -> list[str]:
    """Sends with the `hl7` package's client, one after another on one line; the acknowledgements as text."""
    answers = []
    with MLLPClient("127.0.0.1", port) as client:
        client.socket.settimeout(30)
        for text in texts:
            answers.append(client.send_message(text if isinstance(text, bytes) else text.encode(codec)))
    return [answer.strip(b"\x0b\x1c\r").decode(codec) for answer in answers]


def code_of(answer: str) -> str:
    """MSA-1."""
    return answer.split("MSA|", 1)[1][:2]


def place_of(answer: str) -> str:
    """ERR-2."""
    return answer.split("ERR|", 1)[1].split("|")[1]


def raw_exchange(port: int, data: bytes, *, seconds: float = 10) -> bytes:
    """Writes bytes as they are and reads until the line is quiet or closed."""
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as line:
        line.sendall(data)
        line.shutdown(socket.SHUT_WR)
        found = b""
        while piece := line.recv(65536):
            found += piece
    return found
