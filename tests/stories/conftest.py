"""A running county: the real supervisor with all its processes over a fresh database, and a real browser to visit it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest

from yilianti.cli import processes

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run", "--lang=zh-CN", "--disable-dev-shm-usage"]
READY_SECONDS = 240


@dataclass(frozen=True)
class County:
    """One running installation."""

    url: str
    mllp: int
    home: Path
    database: str
    environ: dict[str, str]

    @property
    def dicom(self) -> int:
        return int(self.environ.get("YILIANTI_DICOM_PORT", "11112"))

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """./yilianti <words> beside the running processes."""
        return subprocess.run([sys.executable, "-m", "yilianti.cli", *words], cwd=ROOT, env=self.environ, capture_output=True, text=True, timeout=120)


@pytest.fixture(scope="package")
def county_running() -> Iterator[County]:
    """Web, runner, worker and HL7 listener as ./run starts them, with the demo county loaded.

    While a story is being written, YILIANTI_STORY_HOME names an installation that runs already.
    """
    if given := os.environ.get("YILIANTI_STORY_HOME"):
        yield _running_in(Path(given))
        return
    with _served("demo") as county:
        yield county


@pytest.fixture
def empty_county() -> Iterator[County]:
    """The same processes over a database in which nobody has been entered yet."""
    with _served("empty") as county:
        yield county


@contextmanager
def _served(mode: str) -> Iterator[County]:
    name = f"story_{mode}_{os.getpid()}"
    with psycopg.connect(_address("postgres"), autocommit=True) as admin:
        admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        admin.execute(f'CREATE DATABASE "{name}"')
    home = Path(tempfile.mkdtemp(prefix="ylt-story-"))
    home.chmod(0o755)  # a drill's PostgreSQL runs as another user when we are root
    county = _county(home, _address(name), mode)
    log = (home / "supervisor.log").open("wb")
    running = subprocess.Popen([sys.executable, "-m", "yilianti.cli.supervise"], cwd=ROOT, env=county.environ, stdout=log, stderr=log)
    try:
        _wait_until_ready(county, running)
        yield county
    finally:
        running.send_signal(signal.SIGTERM)
        try:
            running.wait(20)
        except subprocess.TimeoutExpired:
            running.kill()
        log.close()
        with psycopg.connect(_address("postgres"), autocommit=True) as admin:
            admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        shutil.rmtree(home, ignore_errors=True)


def _running_in(home: Path) -> County:
    state = json.loads((home / "run/state.json").read_text())
    database = json.loads((home / "run/database.json").read_text())["application"]
    environ = {**os.environ, "DATABASE_URL": database, "YILIANTI_DICOM_PORT": str(state.get("dicom", 11112)), "YILIANTI_HOME": str(home), "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    return County(state["address"], state["mllp"], home, database, environ)


def _address(database: str) -> str:
    """The URL of a database of the test server, which may listen on a socket only."""
    from django.conf import settings

    given = settings.DATABASES["default"]
    host = str(given["HOST"] or "127.0.0.1")
    user = quote(str(given["USER"]), safe="") + (f":{quote(str(given['PASSWORD']), safe='')}" if given["PASSWORD"] else "")
    port = given["PORT"] or 5432
    if host.startswith("/"):
        return f"postgresql://{user}@:{port}/{database}?host={quote(host, safe='')}"
    return f"postgresql://{user}@{host}:{port}/{database}"


def _county(home: Path, database: str, mode: str) -> County:
    web, mllp = processes.free_port(), processes.free_port()
    own = {"DATABASE_URL": database, "YILIANTI_HOME": str(home), "YILIANTI_WEB_PORT": str(web), "YILIANTI_MLLP_PORT": str(mllp), "YILIANTI_DICOM_PORT": str(processes.free_port()),
           "YILIANTI_WEB_WORKERS": "1", "YILIANTI_MODE": mode, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}  # fmt: skip
    kept = {key: value for key, value in os.environ.items() if not key.startswith("YILIANTI_") and key != "DJANGO_SETTINGS_MODULE"}
    return County(f"http://127.0.0.1:{web}", mllp, home, database, kept | own)


def _wait_until_ready(county: County, running: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        if running.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{county.url}/healthz", timeout=3):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    pytest.fail("the county did not start:\n" + (county.home / "supervisor.log").read_text(errors="replace")[-3000:])


@pytest.fixture(scope="package")
def browser() -> Iterator[Any]:
    """One headless Chromium of the distribution for all stories."""
    if not Path(CHROMIUM).exists():
        pytest.skip(f"no Chromium at {CHROMIUM}: apt-get install chromium")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        opened.close()
