"""The home of an installation: where everything that is not program lives, and how we speak about it."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]


class Trouble(Exception):
    """Something a person must mend; the message is one Chinese sentence with the way out."""


@dataclass(frozen=True)
class Home:
    """Paths below YILIANTI_HOME."""

    path: Path

    @property
    def postgres(self) -> Path:
        return self.path / "postgres"

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def keys(self) -> Path:
        return self.path / "keys"

    @property
    def lock(self) -> Path:
        return self.path / "run/supervisor.lock"

    @property
    def state(self) -> Path:
        return self.path / "run/state.json"

    @property
    def connection(self) -> Path:
        return self.path / "run/database.json"

    @property
    def accounts(self) -> Path:
        return self.path / "demo-accounts.json"

    def make(self) -> None:
        for folder in (self.path, self.path / "run", self.logs, self.postgres):
            folder.mkdir(parents=True, exist_ok=True)
        for private in (self.path / "run", self.logs):  # a server's log may quote what somebody wrote
            private.chmod(0o700)
        kept = self.path / "secret_key"
        if not kept.exists():
            write_private(kept, secrets.token_urlsafe(48))


def current() -> Home:
    """The home this process works in."""
    if given := os.environ.get("YILIANTI_HOME"):
        return Home(Path(given).expanduser().resolve())
    return Home(Path("/var/lib/yilianti") if os.geteuid() == 0 else Path.home() / ".local/share/yilianti")


def write_private(path: Path, text: str) -> None:
    """Write whole or not at all, readable by the owner only."""
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    draft.replace(path)


def read_json(path: Path) -> Any:
    """What a state file holds, or {} when it is absent or half-written."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def say(text: str) -> None:
    """A line for the person at the keyboard; a closed terminal does not stop the work."""
    with contextlib.suppress(OSError):
        print(text, flush=True)


@contextlib.contextmanager
def step(name: str) -> Iterator[None]:
    """Announce a step, and how long it took."""
    started = time.monotonic()
    say(f"· {name} …")
    yield
    say(f"✓ {name}（{time.monotonic() - started:.1f} 秒）")
