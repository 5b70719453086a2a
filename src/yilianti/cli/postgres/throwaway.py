"""A server for tests: made in a temporary folder in about two seconds, gone afterwards."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from yilianti.cli.postgres.cluster import SUPERUSER, Cluster


@contextlib.contextmanager
def throwaway(which: str | None = None) -> Iterator[str]:
    """Yield the superuser's URL of a fresh server from `system`, `wheel` or whichever there is; nothing is kept."""
    folder = Path(tempfile.mkdtemp(prefix="ylt-pg-"))
    folder.chmod(0o755)  # the database's user must get through when we are root
    cluster = Cluster(folder, log=folder / "server.log", durable=False)
    try:
        cluster.make(which)
        cluster.start(which)
        yield cluster.url(SUPERUSER, "postgres")
    finally:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)
