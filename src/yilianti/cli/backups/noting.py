"""What upkeep did, written where the operations page reads it; a database that is away or older does not undo the work."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator
from typing import Any

import psycopg

from yilianti.cli.home import Trouble

INSERT = """INSERT INTO handovers_chore (kind, started_at, ended_at, well, said, detail)
            VALUES (%s, clock_timestamp() - make_interval(secs => %s), clock_timestamp(), %s, %s, %s)"""


def note(url: str, kind: str, *, well: bool, said: str, seconds: float, detail: dict[str, Any]) -> None:
    with contextlib.suppress(psycopg.Error), psycopg.connect(url, connect_timeout=5) as connection:
        connection.execute(INSERT, [kind, seconds, well, said[:400], json.dumps(detail, ensure_ascii=False)])


@contextlib.contextmanager
def noted(url: str, kind: str) -> Iterator[dict[str, Any]]:
    """Note how the block went; it fills the dictionary with `detail`, and with `well` and `said` where it has something to say."""
    started = time.monotonic()
    kept: dict[str, Any] = {"detail": {}, "well": True, "said": ""}
    try:
        yield kept
    except Trouble as trouble:
        kept |= {"well": False, "said": str(trouble)}
        raise
    finally:
        note(url, kind, well=kept["well"], said=kept["said"], seconds=time.monotonic() - started, detail=kept["detail"])
