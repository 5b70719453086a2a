"""The HL7 process: an MLLP server whose messages are applied in a few threads, each with its own connection."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import threading

from django.conf import settings
from django.utils import timezone

from yilianti.gateways.hl7v2.gathering import Gatherer
from yilianti.gateways.hl7v2.mllp import Limits, Server
from yilianti.gateways.hl7v2.receiving import Receiver
from yilianti.kernel import heartbeat

log = logging.getLogger(__name__)


def _limits() -> Limits:
    """The limits of a line, each changeable by one environment variable."""
    return Limits(
        max_frame=int(os.environ.get("YILIANTI_HL7_MAX_MB", "16")) * 1024 * 1024,
        idle=float(os.environ.get("YILIANTI_HL7_IDLE_SECONDS", "600")),
        half_frame=float(os.environ.get("YILIANTI_HL7_HALF_FRAME_SECONDS", "30")),
        batch=int(os.environ.get("YILIANTI_HL7_BATCH", "50")),
    )


class Listener:
    """Server, receiver and threads together; `serve` runs until `stop` is asked."""

    def __init__(self, host: str, port: int, *, limits: Limits, provisional: bool, workers: int) -> None:
        self._host, self._port = host, port
        receiver = Receiver(provisional=provisional, max_size=limits.max_frame)
        self._gatherer = Gatherer(lambda arrived: receiver.receive_all(arrived, at=timezone.now()), workers=workers, batch=limits.batch)
        self._server = Server(self._gatherer.answer, limits)
        self._stopping = asyncio.Event()
        self._quiet = threading.Event()

    async def serve(self, ready: threading.Event | None = None) -> None:
        """Listens until stopped; messages in hand are finished and answered first."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            if threading.current_thread() is threading.main_thread():
                loop.add_signal_handler(number, self._stopping.set)
        self._port = await self._server.start(self._host, self._port)
        log.info("hl7: listening on %s:%s", self._host, self._port)
        beats = heartbeat.keep_beating("hl7", self._quiet, self._detail)
        if ready:
            ready.set()
        await self._stopping.wait()
        log.info("hl7: stopping, %s lines open", self._server.connections)
        await self._server.stop()
        self._quiet.set()
        self._gatherer.close()
        beats.join(timeout=heartbeat.BEAT_SECONDS)

    @property
    def port(self) -> int:
        return self._port

    def stop(self) -> None:
        """Asks the loop to end (to be called inside it)."""
        self._stopping.set()

    def _detail(self) -> dict[str, int]:
        return {"port": self._port, "lines": self._server.connections, "answered": self._gatherer.answered}


def main() -> int:
    """Serves until SIGTERM; returns 1 where the port is taken."""
    host = os.environ.get("YILIANTI_MLLP_HOST") or ("127.0.0.1" if settings.DEMO_MODE else "0.0.0.0")  # noqa: S104 the hospital's own network
    port = settings.MLLP_PORT
    provisional = settings.HL7_UNKNOWN_FACILITY == "provisional"
    workers = int(os.environ.get("YILIANTI_HL7_WORKERS", "3"))

    async def run() -> None:
        await Listener(host, port, limits=_limits(), provisional=provisional, workers=workers).serve()

    try:
        asyncio.run(run())
    except OSError as fault:
        log.error("HL7 端口 %s:%s 不能使用（%s）；请关闭占用它的程序，或用 YILIANTI_MLLP_PORT 换一个端口。", host, port, fault.strerror)
        return 1
    return 0
