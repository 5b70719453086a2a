"""The database a backup is made of: the running one, or our own started until the command ends."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

from yilianti.cli import database
from yilianti.cli.database import Addresses
from yilianti.cli.home import Home, Trouble
from yilianti.cli.postgres import Cluster


@contextlib.contextmanager
def installation(home: Home) -> Iterator[tuple[Addresses, Cluster | None]]:
    """(addresses, our own cluster or None where the database is another server's)."""
    cluster = database.cluster_of(home)
    addresses = database.running(home)
    if addresses is None and (named := database.external(dict(os.environ))) is not None:
        addresses = named
    if addresses is not None:
        yield addresses, cluster if addresses.source == "embedded" else None
        return
    if not cluster.made:
        raise Trouble(f"{home.path} 里还没有数据库；请先运行 ./run，或用 YILIANTI_HOME 指定数据目录。")
    lock = database.hold(home)
    try:
        cluster.start(database.forced())
        yield database.embedded(cluster), cluster
    finally:
        cluster.stop()
        lock.close()
