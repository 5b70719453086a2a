"""Lets the messages of many lines share a commit: a thread that is free takes what all lines have handed over.

A line hands over its next frames only after its answers, so its order stays. Senders that wait for each answer come in
step; a thread therefore waits up to two milliseconds for the lines that were heard a moment ago, and no longer for fewer.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from yilianti.gateways.hl7v2.mllp import Frame

_MOST_BYTES = 4 * 1024 * 1024
_LINGER_SECONDS = 0.002
_HEARD_SECONDS = 0.1

Receive = Callable[[list[tuple[str, Frame]]], list[bytes]]


@dataclass
class _Waiting:
    """What one line has handed over, and who waits for the answers."""

    peer: str
    frames: list[Frame]
    answers: asyncio.Future[list[bytes]]


class Gatherer:
    """A queue of hand-overs worked off by a few threads, a batch at a time."""

    def __init__(self, receive: Receive, *, workers: int, batch: int) -> None:
        self._receive = receive
        self._batch = batch
        self._idle = workers
        self._pool = ThreadPoolExecutor(max_workers=workers, thread_name_prefix="hl7")
        self._queue: deque[_Waiting] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._heard: dict[str, float] = {}
        self._lingering = False
        self.answered = 0

    async def answer(self, peer: str, frames: list[Frame]) -> list[bytes]:
        """The answers to these frames, after their commit; raises what receiving them raised."""
        loop = asyncio.get_running_loop()
        waiting = _Waiting(peer, frames, loop.create_future())
        self._queue.append(waiting)
        self._heard[peer] = loop.time()
        self._start()
        return await waiting.answers

    def close(self) -> None:
        """Waits for the threads."""
        self._pool.shutdown(wait=True)

    def _start(self) -> None:
        if self._idle and self._queue and not self._lingering:
            self._idle -= 1
            self._lingering = True
            self._tasks.add(task := asyncio.create_task(self._work()))
            task.add_done_callback(self._tasks.discard)

    async def _work(self) -> None:
        """Works off the queue in one thread until it is empty."""
        try:
            while self._queue:
                await self._linger()
                if taken := self._take():
                    self._start()
                    await self._settle(taken)
        finally:
            self._idle += 1
            self._lingering = self._lingering and bool(self._queue)
            self._start()

    async def _linger(self) -> None:
        """Waits a moment while lines that were just heard have not spoken again."""
        loop = asyncio.get_running_loop()
        self._lingering = True
        end = loop.time() + _LINGER_SECONDS
        while len(self._queue) < min(self._lines(loop.time()), self._batch) and loop.time() < end:
            await asyncio.sleep(_LINGER_SECONDS / 4)
        self._lingering = False

    def _lines(self, now: float) -> int:
        """How many lines have handed something over within the last tenth of a second."""
        if len(self._heard) > 1:
            self._heard = {peer: at for peer, at in self._heard.items() if now - at < _HEARD_SECONDS}
        return len(self._heard)

    async def _settle(self, taken: list[_Waiting]) -> None:
        arrived = [(waiting.peer, frame) for waiting in taken for frame in waiting.frames]
        try:
            answers = await asyncio.get_running_loop().run_in_executor(self._pool, self._receive, arrived)
        except Exception as fault:
            for waiting in taken:
                waiting.answers.set_exception(fault)
            return
        self.answered += len(answers)
        for waiting in taken:
            waiting.answers.set_result(answers[: len(waiting.frames)])
            del answers[: len(waiting.frames)]

    def _take(self) -> list[_Waiting]:
        """The lines served next: whole hand-overs, as many as fit into a batch."""
        taken: list[_Waiting] = []
        frames = size = 0
        while self._queue and (not taken or (frames + len(self._queue[0].frames) <= self._batch and size < _MOST_BYTES)):
            taken.append(self._queue.popleft())
            frames += len(taken[-1].frames)
            size += sum(len(frame.content) for frame in taken[-1].frames)
        return taken
