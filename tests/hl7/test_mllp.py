"""Framing, order, limits: a real socket, a receiver that only echoes."""

import asyncio
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yilianti.gateways.hl7v2.mllp import Framer, Limits, Server, wrap


def frames(data, sizes, limit=1000):
    framer, out = Framer(limit), []
    for size in sizes:
        out += framer.feed(data[:size])
        data = data[size:]
    return out + framer.feed(data), framer


@given(st.lists(st.binary(max_size=60).filter(lambda b: b"\x1c" not in b and b"\x0b" not in b and not b.endswith(b"\x1c")), max_size=6),
       st.lists(st.integers(1, 40), max_size=20))
def test_frames_survive_any_cutting(contents, sizes):
    found, _ = frames(b"junk\r\n".join(wrap(c) for c in contents), sizes)
    assert [f.content for f in found] == contents


def test_a_1c_without_0d_belongs_to_the_content():
    assert frames(b"\x0bab\x1ccd\x1c\x0d", [])[0][0].content == b"ab\x1ccd"


def test_an_overlong_frame_is_reported_with_its_head_and_the_next_is_read():
    found, framer = frames(wrap(b"MSH|" + b"x" * 5000) + wrap(b"next"), [700] * 8, limit=1000)
    assert found[0].oversized and found[0].content.startswith(b"MSH|") and len(found[0].content) <= 4096
    assert found[1].content == b"next" and not framer.half_open


def test_a_frame_begun_again_on_the_same_line():
    assert [f.content for f in frames(b"\x0bMSH|half" + wrap(b"MSH|whole"), [])[0]] == [b"MSH|whole"]


@contextlib.asynccontextmanager
async def serving(answer, **limits):
    server = Server(answer, Limits(**limits))
    port = await server.start("127.0.0.1", 0)
    try:
        yield server, port
    finally:
        await server.stop(1)


async def echo(peer, batch):
    await asyncio.sleep(0.001)
    return [b"re:" + frame.content for frame in batch]


def run(story):
    asyncio.run(asyncio.wait_for(story, 20))


def test_pipelined_messages_are_answered_in_order():
    async def story():
        async with serving(echo) as (_, port):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"".join(wrap(str(n).encode()) for n in range(1000)))
            for n in range(1000):
                assert await reader.readuntil(b"\x1c\x0d") == wrap(f"re:{n}".encode())
            writer.close()
    run(story())


def test_a_sender_that_has_shut_its_side_still_gets_its_answer():
    async def story():
        async with serving(echo) as (_, port):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(wrap(b"a"))
            writer.write_eof()
            assert await reader.read() == wrap(b"re:a")
    run(story())


@pytest.mark.parametrize("half", [b"", b"\x0bMSH|"])
def test_silence_closes_the_line(half):
    async def story():
        async with serving(echo, idle=0.15, half_frame=0.1) as (_, port):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(half)
            assert await asyncio.wait_for(reader.read(), 2) == b""
            writer.close()
    run(story())


def test_a_dripping_frame_is_cut_off():
    async def story():
        async with serving(echo, idle=9, half_frame=0.2) as (_, port):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            with contextlib.suppress(ConnectionError):
                for _ in range(40):
                    writer.write(b"\x0bM" if _ == 0 else b"x")
                    await writer.drain()
                    await asyncio.sleep(0.02)
            with contextlib.suppress(ConnectionError):
                assert await asyncio.wait_for(reader.read(), 2) == b""
            writer.close()
    run(story())


def test_a_failing_receiver_closes_the_line_without_an_answer():
    async def fail(peer, batch):
        raise RuntimeError("planted")

    async def story():
        async with serving(fail) as (server, port):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(wrap(b"a"))
            with contextlib.suppress(ConnectionError):
                assert await reader.read() == b""
            writer.close()
            await asyncio.sleep(0.05)
            assert server.connections == 0
    run(story())


def test_stopping_answers_what_was_received():
    async def slow(peer, batch):
        await asyncio.sleep(0.2)
        return await echo(peer, batch)

    async def story():
        async with serving(slow) as (server, port):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(wrap(b"a"))
            await asyncio.sleep(0.05)
            await server.stop(2)
            assert await reader.read() == wrap(b"re:a")
            writer.close()
    run(story())
