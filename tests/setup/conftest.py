"""What the set-up tests share: a home of their own and a cluster made from each source of PostgreSQL."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from yilianti.cli.home import ROOT, Home
from yilianti.cli.postgres import Cluster, binaries


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """A home with a short path that the database's user can reach."""
    folder = Path(tempfile.mkdtemp(prefix="ylt-"))
    folder.chmod(0o755)
    monkeypatch.setenv("YILIANTI_HOME", str(folder))
    for name in ("DATABASE_URL", "YILIANTI_PG", "YILIANTI_MODE", "YILIANTI_BIND", "YILIANTI_OWNER_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    place = Home(folder)
    place.make()
    yield place
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module", params=["system", "wheel"])
def cluster(request: pytest.FixtureRequest) -> Iterator[Cluster]:
    """A running cluster from each source of programs this machine has."""
    if not binaries.available(request.param):
        pytest.skip(f"no usable PostgreSQL >= {binaries.OLDEST} from {request.param} on this machine")
    folder = Path(tempfile.mkdtemp(prefix="ylt-pg-"))
    folder.chmod(0o755)
    made = Cluster(folder, log=folder / "server.log", durable=False)
    made.make(request.param)
    made.start(request.param)
    yield made
    made.stop()
    shutil.rmtree(folder, ignore_errors=True)


def command(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """./yilianti's program without the environment around it."""
    own = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "src"),
        "DJANGO_SETTINGS_MODULE": "yilianti.config.settings",
        **environ,
    }
    return subprocess.run(
        [sys.executable, "-m", "yilianti.cli", *arguments], env=own, capture_output=True, text=True, cwd=ROOT
    )
