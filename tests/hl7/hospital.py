"""A member's system that takes results, as the `hl7` package serves it."""

from __future__ import annotations

import asyncio
import base64
import threading

import hl7
import hl7.mllp


def pdf_of(told) -> bytes:
    line = next(line for line in told.segments("OBX") if str(line[2]) == "ED")
    assert [str(part) for part in line[5][0][1:4]] == ["AP", "PDF", "Base64"]
    return base64.b64decode(str(line[5][0][4]))


class Hospital:
    """A member's system that takes results, as the `hl7` package serves it; `answer` is what it says to each."""

    def __init__(self, answer: str = "AA") -> None:
        self.answer, self.taken, self._ready = answer, [], threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._thread.start()
        assert self._ready.wait(10)

    async def _serve(self) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        async with await hl7.mllp.start_hl7_server(self._take, "127.0.0.1", 0, encoding="utf-8", limit=2**24) as server:
            self.port = server.sockets[0].getsockname()[1]
            self._ready.set()
            await self._over.wait()

    async def _take(self, reader, writer) -> None:
        try:
            told = await reader.readmessage()
            self.taken.append(told)
            writer.writemessage(told.create_ack(self.answer))
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(10)
