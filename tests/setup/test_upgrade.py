"""An upgrade tells what it will do, backs up first, and a failed one is undone with the one command it names."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.setup.conftest import command
from yilianti.cli import database
from yilianti.cli.backups import restoring, store, upgrading
from yilianti.cli.backups.restoring import Target
from yilianti.cli.home import Home, Trouble
from yilianti.cli.postgres import Cluster
from yilianti.cli.postgres.cluster import OWNER

UNDO = "DELETE FROM django_migrations WHERE app = 'handovers' AND name = '0003_operations'"


@pytest.fixture
def older(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Home, Cluster]]:
    """A home whose database lacks the last step of one app."""
    folder = Path(tempfile.mkdtemp(prefix="ylt-"))
    folder.chmod(0o755)
    monkeypatch.setenv("YILIANTI_HOME", str(folder))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    home = Home(folder)
    home.make()
    cluster = Cluster(home.postgres, log=home.logs / "postgres.log", archive=store.of(home).wal)  # doctor wants a durable one
    cluster.make()
    cluster.start()
    assert command("migrate", DATABASE_URL=cluster.url(OWNER)).returncode == 0
    with psycopg.connect(cluster.url(OWNER)) as wire:
        wire.execute(UNDO)
    yield home, cluster
    cluster.stop()
    shutil.rmtree(folder, ignore_errors=True)


def test_a_failed_upgrade_names_the_way_back_and_that_way_leads_back(older: tuple[Home, Cluster], capsys: pytest.CaptureFixture[str]) -> None:
    home, cluster = older
    with psycopg.connect(cluster.url(OWNER)) as wire:  # the table is still there, so creating it again fails
        wire.execute("INSERT INTO handovers_alarm (code, title, since) VALUES ('kept', '原有', now())")
    with pytest.raises(Trouble, match="restore --from") as trouble:
        upgrading.upgrade(home, database.embedded(cluster), cluster)
    assert "handovers.0003_operations" in capsys.readouterr().out
    named = re.search(r"--backup (\S+)", str(trouble.value))
    assert named is not None
    with psycopg.connect(cluster.url(OWNER)) as wire:
        wire.execute("DELETE FROM handovers_alarm")
        wire.execute("DROP TABLE handovers_chore")
    cluster.stop()
    place = store.of(home)
    manifest = place.one(named[1])
    restoring.into_home(manifest, place, home, Target(point=manifest["restore_point"]), overwrite=True)
    cluster.start()
    with psycopg.connect(cluster.url(OWNER)) as wire:
        assert wire.execute("SELECT title FROM handovers_alarm").fetchone() == ("原有",)
        wire.execute("DROP TABLE handovers_alarm")
    assert upgrading.upgrade(home, database.embedded(cluster), cluster) == 1 - 1
    with psycopg.connect(cluster.url(OWNER)) as wire:
        assert wire.execute("SELECT well FROM handovers_chore WHERE kind = 'upgrade'").fetchone() == (True,)
    assert "没有要做的" not in capsys.readouterr().out
    assert upgrading.upgrade(home, database.embedded(cluster), cluster) == 0
    assert "没有要做的" in capsys.readouterr().out
