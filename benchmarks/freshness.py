"""From an event to the figure on a desk: `python benchmarks/freshness.py [--seconds 60] [--rate 20]`.

Starts a whole installation of its own as ./run does (demo county, PostgreSQL with fsync), sends outpatient registrations (A04) over
MLLP at a fixed rate, and asks for the manager's tile over HTTP ten times a second, as a browser would. An event is in when its AA
arrives, which follows the commit; it is visible with the first tile whose denominator counts it. Reports p50, p95 and the longest,
and the CPU of the process that follows.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import statistics
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import Queue

ROOT = Path(__file__).parents[1]
sys.path[:] = [str(ROOT / "src"), str(ROOT), *(folder for folder in sys.path if Path(folder).resolve() != ROOT / "benchmarks")]

from hl7.client import MLLPClient  # noqa: E402

from tests.hl7 import messages  # noqa: E402
from tests.long.load import FACILITY, Browser  # noqa: E402
from tests.long.running import Platform  # noqa: E402

TILES = "/insight/tiles?whose=whole"
LINES = 4
TILE = re.compile(r'data-card="nhc2020_12\.primary_outpatient_share" data-numerator="(\d+)" data-denominator="(\d+)"')
TICKS = os.sysconf("SC_CLK_TCK")


class Senders:
    """So many lines that send what is due, one message at a time each; every AA is noted with its moment."""

    def __init__(self, port: int, lines: int) -> None:
        self.port, self.work, self.acknowledged = port, Queue[str](), list[float]()
        self.threads = [threading.Thread(target=self._send) for _ in range(lines)]

    def _send(self) -> None:
        with MLLPClient("127.0.0.1", self.port) as client:
            while text := self.work.get():
                answer = client.send_message(text.encode()).decode()
                assert "MSA|AA|" in answer, answer
                self.acknowledged.append(time.monotonic())

    def run(self, rate: float, seconds: float) -> float:
        """Send at that rate; returns how long it took until the last AA."""
        for thread in self.threads:
            thread.start()
        began = time.monotonic()
        for number in range(int(rate * seconds)):
            time.sleep(max(0.0, began + number / rate - time.monotonic()))
            self.work.put(visit(number))
        for _ in self.threads:
            self.work.put("")
        for thread in self.threads:
            thread.join()
        return time.monotonic() - began


def visit(number: int) -> str:
    """Another person's registration at the hospital's clinic, now."""
    now = datetime.now(UTC).astimezone() - timedelta(minutes=1)
    patient = messages.pid(f"F{number:06d}", name=f"云{chr(0x4E00 + number % 5000)}", identity=messages.id_card(serial=number % 1000, born=f"19{50 + number // 1000}0101"))
    return messages.adt("A04", visit=f"FR{number:06d}", patient=patient, kind="O", at=f"{now:%Y%m%d%H%M%S%z}", admitted=f"{now:%Y%m%d%H%M%S%z}",
                        header={"facility": FACILITY})  # fmt: skip


class Watcher(threading.Thread):
    """Asks for the tile again and again; notes when each denominator was first seen."""

    def __init__(self, port: int, password: str, every: float = 0.1) -> None:
        super().__init__(daemon=True)
        self.every, self.over, self.seen, self.asked = every, threading.Event(), list[tuple[float, int]](), 0
        self.browser = Browser(port, "manager", password)
        self.browser.sign_in()

    def count(self) -> int:
        status, page, _ = self.browser.ask("GET", TILES)
        found = TILE.search(page)
        assert status == 200 and found, page[:500]
        return int(found[2])

    def run(self) -> None:
        while not self.over.is_set():
            denominator = self.count()
            self.asked += 1
            self.seen.append((time.monotonic(), denominator))
            self.over.wait(self.every)


def cpu(pid: int) -> float:
    """Seconds of CPU a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def delays(acknowledged: list[float], seen: list[tuple[float, int]], before: int) -> list[float]:
    """Seconds from each AA to the first tile that counts as many."""
    found, place = [], 0
    for number, moment in enumerate(sorted(acknowledged), 1):
        while seen[place][1] < before + number:
            place += 1
        found.append(max(0.0, seen[place][0] - moment))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--rate", type=float, default=20)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ylt-fresh-") as folder:
        running = Platform(Path(folder))
        try:
            running.wait(running.serves, 240, "start")
            report(running, given.rate, given.seconds)
        finally:
            running.stop()


def report(running: Platform, rate: float, seconds: float) -> None:
    watcher = Watcher(running.web, running.accounts()["manager"])
    running.wait(lambda: watcher.count() > 0, 60, "a first figure")
    before, insight = watcher.count(), running.victim("insight")
    assert insight is not None
    spent, senders = cpu(insight), Senders(running.mllp, LINES)
    watcher.start()
    took = senders.run(rate, seconds)
    running.wait(lambda: bool(watcher.seen) and watcher.seen[-1][1] >= before + len(senders.acknowledged), 60, "the last event on the tile")
    used = cpu(insight) - spent
    watcher.over.set()
    waited = sorted(delays(senders.acknowledged, watcher.seen, before))
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}")
    print(f"{len(waited)} events in {took:.0f} s ({len(waited) / took:.1f}/s), {watcher.asked} tiles asked")
    print(f"event → tile: p50 {statistics.median(waited):.2f} s, p95 {waited[int(len(waited) * 0.95)]:.2f} s, longest {waited[-1]:.2f} s")
    print(f"insight process: {used:.1f} s CPU ({100 * used / took:.0f} % of a core, {1000 * used / len(waited):.1f} ms an event)")


if __name__ == "__main__":
    main()
