"""Many lines share a batch: each gets its own answers, in its order; a failure reaches those it concerns."""

from __future__ import annotations

import asyncio
import random
import time

import pytest

from yilianti.gateways.hl7v2.gathering import Gatherer
from yilianti.gateways.hl7v2.mllp import Frame


def test_every_line_gets_its_own_answers_and_batches_are_shared():
    sizes = []

    def receive(arrived):
        sizes.append(len(arrived))
        time.sleep(random.random() / 200)
        return [f"{peer}:{frame.content.decode()}".encode() for peer, frame in arrived]

    async def line(gatherer, peer):
        for n in range(40):
            frames = [Frame(f"{n}.{part}".encode()) for part in range(n % 3 + 1)]
            assert await gatherer.answer(peer, frames) == [f"{peer}:{frame.content.decode()}".encode() for frame in frames]

    async def story():
        gatherer = Gatherer(receive, workers=3, batch=20)
        await asyncio.wait_for(asyncio.gather(*(line(gatherer, f"line{n}") for n in range(8))), 30)
        assert gatherer.answered == sum(sizes) and max(sizes) <= 20 and len(sizes) < 320
        gatherer.close()

    asyncio.run(story())


def test_a_failure_reaches_its_lines_and_the_next_batch_is_received():
    def receive(arrived):
        if any(frame.content == b"bad" for _, frame in arrived):
            raise RuntimeError("planted")
        return [b"good" for _ in arrived]

    async def story():
        gatherer = Gatherer(receive, workers=1, batch=5)
        with pytest.raises(RuntimeError):
            await gatherer.answer("a", [Frame(b"bad")])
        assert await asyncio.wait_for(gatherer.answer("a", [Frame(b"x")]), 5) == [b"good"]
        gatherer.close()

    asyncio.run(story())
