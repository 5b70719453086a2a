"""The real platform in a home of its own: the supervisor as ./run starts it, and the processes it watches, to be killed."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from yilianti.cli import processes

ROOT = Path(__file__).parents[2]
VICTIMS = ("web", "web worker", "runner", "hl7", "worker", "insight", "database", "database backend")


class Platform:
    """One installation below `home`, with free ports and a PostgreSQL that syncs to the disk."""

    def __init__(self, home: Path) -> None:
        home.chmod(0o755)  # the database's user must get through when we are root
        self.home = home
        self.web, self.mllp = processes.free_port(), processes.free_port()
        self.environ = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "YILIANTI_OWNER_DATABASE_URL")} | {
            "YILIANTI_HOME": str(home), "YILIANTI_WEB_PORT": str(self.web), "YILIANTI_MLLP_PORT": str(self.mllp), "YILIANTI_DICOM_PORT": str(processes.free_port()), "YILIANTI_MODE": "demo",
            "PYTHONPATH": str(ROOT / "src"),
        }  # fmt: skip
        with (home / "supervisor.log").open("wb") as log:
            command = [sys.executable, "-m", "yilianti.cli.supervise"]
            self.supervisor = subprocess.Popen(command, env=self.environ, cwd=ROOT, stdout=log, stderr=log, start_new_session=True)

    def wait(self, proof: Callable[[], bool], seconds: float, what: str) -> None:
        """Until `proof` holds; fails with the supervisor's words after so many seconds."""
        until = time.monotonic() + seconds
        while not proof():
            assert self.supervisor.poll() is None, f"the supervisor ended:\n{self.said()}"
            assert time.monotonic() < until, f"{what} within {seconds:.0f} s did not happen:\n{self.said()}"
            time.sleep(0.3)

    def serves(self) -> bool:
        """What /healthz says."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.web}/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (OSError, urllib.error.URLError):
            return False

    def said(self) -> str:
        return (self.home / "supervisor.log").read_text(errors="replace")[-3000:]

    def database(self) -> str:
        """The address of the tables' owner."""
        return str(json.loads((self.home / "run/database.json").read_text())["owner"])

    def accounts(self) -> dict[str, str]:
        """Password by user name."""
        listed = json.loads((self.home / "demo-accounts.json").read_text())
        return {account["username"]: account["password"] for account in listed}

    def victim(self, kind: str) -> int | None:
        """A process of that kind that lives now."""
        try:
            children: dict[str, Any] = json.loads((self.home / "run/state.json").read_text())["children"]
        except (OSError, ValueError):
            return None
        pid = children.get({"web worker": "web", "database backend": "database"}.get(kind, kind))
        if pid is None or kind not in ("web worker", "database backend"):
            return pid
        below = [child for child in _children(pid) if kind != "database backend" or b"yilianti" in _command(child)]
        return random.choice(below) if below else None

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """A ./yilianti command beside the running platform."""
        return subprocess.run([sys.executable, "-m", "yilianti.cli", *words], env=self.environ, cwd=ROOT, capture_output=True, text=True, timeout=300)

    def stop(self) -> None:
        self.supervisor.terminate()
        self.supervisor.wait(30)


class Killer(threading.Thread):
    """Kills -9, one kind after another in a random order, every three to five seconds."""

    def __init__(self, platform: Platform, seconds: float, victims: Sequence[str] = VICTIMS) -> None:
        super().__init__(daemon=True)
        self.platform, self.victims, self.until, self.kills = platform, victims, time.monotonic() + seconds, Counter[str]()

    def run(self) -> None:
        round_: list[str] = []
        while time.monotonic() < self.until:
            time.sleep(random.uniform(3, 5))
            round_ = round_ or random.sample(self.victims, len(self.victims))
            kind = round_.pop()
            pid = self.platform.victim(kind)
            if pid is None:
                continue
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
            self.kills[kind] += 1


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
