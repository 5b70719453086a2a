"""MLLP: frames of 0x0B … 0x1C 0x0D on a TCP stream, answered one for one in the order they came.

Knows nothing of HL7 beyond the frame. Frames that wait on one connection are handed over together, so that the
receiver may commit them together; reading pauses while too many wait. Source: HL7 MLLP release 1.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

START, END, CARRIAGE_RETURN = 0x0B, 0x1C, 0x0D
log = logging.getLogger(__name__)

Answer = Callable[[str, list["Frame"]], Awaitable[list[bytes]]]


@dataclass(frozen=True)
class Limits:
    """What one connection may cost: sizes in bytes, times in seconds, frames per hand-over."""

    max_frame: int = 16 * 1024 * 1024
    idle: float = 600.0
    half_frame: float = 30.0
    batch: int = 50
    connections: int = 256


@dataclass(frozen=True, slots=True)
class Frame:
    """The bytes between the frame marks; `oversized` frames carry only their first 4 KiB."""

    content: bytes
    oversized: bool = False


def wrap(content: bytes) -> bytes:
    """Puts the frame marks around one message."""
    return b"\x0b" + content + b"\x1c\x0d"


class Framer:
    """Cuts a byte stream into frames, whatever stands between them; never holds more than one frame's limit."""

    def __init__(self, max_frame: int) -> None:
        self._buffer = bytearray()
        self._max = max_frame
        self._scanned = 0
        self._inside = False
        self._dropping: bytes | None = None
        self.junk = 0

    @property
    def half_open(self) -> bool:
        """Whether a frame has begun and not ended."""
        return self._inside

    def feed(self, data: bytes) -> list[Frame]:
        """Takes what arrived and returns the frames it completed."""
        self._buffer += data
        frames: list[Frame] = []
        while (frame := self._next()) is not None:
            frames.append(frame)
        return frames

    def _next(self) -> Frame | None:
        if not self._inside and not self._begin():
            return None
        end = self._end()
        if end < 0:
            self._shed()
            return None
        content = bytes(self._buffer[:end])
        del self._buffer[:end + 2]
        self._inside, self._scanned = False, 0
        if self._dropping is not None:
            content, self._dropping = self._dropping, None
            return Frame(content, oversized=True)
        # A sender that broke off and began again on the same line: only what follows the last start is a message.
        if (again := content.rfind(b"\x0bMSH")) >= 0:
            content = content[again + 1:]
            self.junk += 1
        return Frame(content[:4096], oversized=True) if len(content) > self._max else Frame(content)

    def _begin(self) -> bool:
        start = self._buffer.find(START)
        skipped = len(self._buffer) if start < 0 else start
        self.junk += sum(byte not in b"\r\n" for byte in self._buffer[:min(skipped, 65536)])
        del self._buffer[:skipped + (start >= 0)]
        self._inside, self._scanned = start >= 0, 0
        return self._inside

    def _end(self) -> int:
        """Where the frame ends; -1 while it has not. A 0x1C without 0x0D belongs to the content."""
        position = self._buffer.find(b"\x1c\x0d", max(self._scanned - 1, 0))
        self._scanned = len(self._buffer)
        return position

    def _shed(self) -> None:
        """Keeps the head of a frame that is too long, and lets the rest flow past."""
        if self._dropping is None and len(self._buffer) > self._max:
            self._dropping = bytes(self._buffer[:4096])
        if self._dropping is not None:
            del self._buffer[:-1]
            self._scanned = 0


class Connection(asyncio.Protocol):
    """One sender's line: frames in, answers out in the same order."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._framer = Framer(server.limits.max_frame)
        self._waiting: deque[Frame] = deque()
        self._held = 0
        self._half_since: float | None = None
        self._task: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._paused = False
        self._ending = False
        self._writable = asyncio.Event()
        self._transport: asyncio.Transport
        self.peer = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        address = transport.get_extra_info("peername")
        self.peer = f"{address[0]}:{address[1]}" if address else ""
        self._writable.set()
        if not self._server.admit(self):
            log.warning("mllp: too many connections, %s turned away", self.peer)
            transport.abort()
            return
        self._arm()

    def connection_lost(self, exc: Exception | None) -> None:
        self._server.forget(self)
        self._writable.set()
        if self._timer:
            self._timer.cancel()

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    def data_received(self, data: bytes) -> None:
        frames = self._framer.feed(data)
        self._waiting.extend(frames)
        self._held += sum(len(frame.content) for frame in frames)
        if frames or not self._framer.half_open:
            self._half_since = None
        self._arm()
        if self._waiting and self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._answer_all())
        self._balance()

    def eof_received(self) -> bool:
        """A sender that has shut its side still gets its answers."""
        if self._task is None:
            return False
        self._ending = True
        return True

    def close_when_answered(self) -> None:
        """Stops reading; the line closes after the last answer."""
        self._pause(True)
        if self._task is None:
            self._transport.close()

    @property
    def busy(self) -> bool:
        return self._task is not None

    async def _answer_all(self) -> None:
        try:
            while self._waiting:
                frames = self._take()
                answers = await self._server.answer(self.peer, frames)
                self._transport.write(b"".join(wrap(answer) for answer in answers))
                await self._writable.wait()
                self._balance()
        except Exception:
            # No answer is the honest answer: the sender repeats what was not acknowledged.
            log.exception("mllp: %s closed, the receiver failed", self.peer)
            self._transport.abort()
        finally:
            self._task = None
            if self._server.closing or self._ending:
                self._transport.close()

    def _take(self) -> list[Frame]:
        """The next hand-over: as many frames as allowed, and not more than one large frame's bytes."""
        frames: list[Frame] = []
        limits, size = self._server.limits, 0
        while self._waiting and len(frames) < limits.batch and (not frames or size < limits.max_frame // 4):
            frames.append(self._waiting.popleft())
            size += len(frames[-1].content)
        self._held -= size
        return frames

    def _balance(self) -> None:
        limits = self._server.limits
        self._pause(self._server.closing or len(self._waiting) >= 4 * limits.batch or self._held >= limits.max_frame)

    def _pause(self, wanted: bool) -> None:
        if wanted != self._paused and not self._transport.is_closing():
            self._paused = wanted
            if wanted:
                self._transport.pause_reading()
            else:
                self._transport.resume_reading()

    def _arm(self) -> None:
        if self._timer:
            self._timer.cancel()
        limits, loop = self._server.limits, asyncio.get_running_loop()
        if self._framer.half_open:
            # Counted from the frame's first byte, so that one byte now and then does not hold a line for ever.
            self._half_since = self._half_since or loop.time()
            self._timer = loop.call_at(self._half_since + limits.half_frame, self._too_long)
        else:
            self._timer = loop.call_later(limits.idle, self._too_long)

    def _too_long(self) -> None:
        if self.busy:
            self._half_since = None
            self._arm()
            return
        log.info("mllp: %s closed after silence%s", self.peer, " inside a frame" if self._framer.half_open else "")
        self._transport.close()


class Server:
    """Listens, counts connections, and closes in good order."""

    def __init__(self, answer: Answer, limits: Limits = Limits()) -> None:
        self.answer = answer
        self.limits = limits
        self.closing = False
        self._connections: set[Connection] = set()
        self._server: asyncio.Server | None = None

    async def start(self, host: str, port: int) -> int:
        """Binds and returns the port (useful when 0 was asked); OSError when it is taken."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: Connection(self), host, port, backlog=128)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self, grace: float = 20.0) -> None:
        """Takes no new message, answers those received, then closes every line."""
        self.closing = True
        if self._server:
            self._server.close()
        for connection in list(self._connections):
            connection.close_when_answered()
        deadline = asyncio.get_running_loop().time() + grace
        while self._connections and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(0.02)
        for connection in list(self._connections):
            connection._transport.abort()

    @property
    def connections(self) -> int:
        return len(self._connections)

    def admit(self, connection: Connection) -> bool:
        if self.closing or len(self._connections) >= self.limits.connections:
            return False
        self._connections.add(connection)
        return True

    def forget(self, connection: Connection) -> None:
        self._connections.discard(connection)
