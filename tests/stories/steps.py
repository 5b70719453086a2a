"""The steps of a story, named in the words of those who take them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def step(name: str) -> Iterator[None]:
    """A step of the story; a failure says in which one it happened."""
    try:
        yield
    except BaseException as fault:
        fault.add_note(f"步骤：{name}")
        raise
