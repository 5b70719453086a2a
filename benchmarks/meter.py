"""What a stretch of work took: by the clock, CPU of this process and of the whole database server, and the most memory each held."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Stretch:
    """Seconds and megabytes."""

    what: str
    clock: float
    python: float
    server: float
    peak: int
    backend: int


@dataclass
class Meter:
    """`postmaster` is the server's first process; memory of a backend is what it holds for itself, without the buffers all share."""

    postmaster: int
    stretches: list[Stretch] = field(default_factory=list)

    def __enter__(self) -> Meter:
        self._over = threading.Event()
        self._watch = threading.Thread(target=self._watching, daemon=True)
        self._begin()
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._watch.join()

    def mark(self, what: str) -> None:
        """The stretch since the last mark is over."""
        self.stretches.append(Stretch(what, time.perf_counter() - self._clock, time.process_time() - self._python, self._server() - self._spent, peak(), self._most // 1024))
        self._begin()

    def skip(self) -> None:
        """What was done since the last mark does not count."""
        self._begin()

    def table(self) -> str:
        head = "| | seconds by the clock | CPU of Python | CPU of the server | peak of Python MB | most a backend held for itself MB |\n|---|---|---|---|---|---|\n"
        return head + "\n".join(f"| {one.what} | {one.clock:.1f} | {one.python:.1f} | {one.server:.1f} | {one.peak:,} | {one.backend:,} |" for one in self.stretches)

    def _begin(self) -> None:
        with contextlib.suppress(OSError):
            Path("/proc/self/clear_refs").write_text("5")  # the peak is counted anew
        self._most, self._clock, self._python, self._spent = 0, time.perf_counter(), time.process_time(), self._server()

    def _watching(self) -> None:
        while not self._over.wait(0.1):
            self._most = max([self._most, *(_status(pid, "RssAnon") for pid in self._backends())])

    def _backends(self) -> Iterator[str]:
        with contextlib.suppress(OSError):
            yield from Path(f"/proc/{self.postmaster}/task/{self.postmaster}/children").read_text().split()

    def _server(self) -> float:
        """CPU of the postmaster, of those it has waited for and of those that live."""
        return sum(_seconds(str(self.postmaster), 4)) + sum(sum(_seconds(pid, 2)) for pid in self._backends())


def _seconds(pid: str, many: int) -> list[float]:
    with contextlib.suppress(OSError):
        return [int(word) / _TICKS for word in Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[11 : 11 + many]]
    return []


def peak() -> int:
    """Most megabytes this process has held."""
    return _status("self", "VmHWM") // 1024


def _status(pid: str, name: str) -> int:
    """Kilobytes."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1])
    return 0
