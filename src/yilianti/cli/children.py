"""The supervised children: started, restarted with back-off, their logs kept within bounds."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from yilianti.cli import processes
from yilianti.cli.checks import Ports, production
from yilianti.cli.home import say
from yilianti.cli.production import certificate

QUICK_SECONDS, QUICK_DEATHS = 20.0, 5
DELAYS = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)


@dataclass
class Child:
    """One process and its history."""

    name: str
    command: list[str]
    log: Path
    death: int = signal.SIGKILL
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    quick: int = 0
    due: float = 0.0
    since: float = 0.0  # wall clock, for people
    restarts: int = -1
    environ: dict[str, str] = field(default_factory=dict)

    def start(self) -> None:
        self.process = processes.spawn(self.command, log=self.log, death=self.death, env=self.environ)
        self.started, self.since, self.restarts = time.monotonic(), time.time(), self.restarts + 1

    def watch(self) -> None:
        """Notice a death and start again when its delay has passed; five quick deaths are reported, not hidden."""
        now = time.monotonic()
        if self.process is not None:
            if self.process.poll() is None:
                if self.quick and now - self.started > QUICK_SECONDS:
                    self.quick = 0
                return
            processes.kill_group(self.process.pid)
            self._died(now, self.process.returncode)
        elif now >= self.due:
            self.start()

    def _died(self, now: float, code: int) -> None:
        self.quick = self.quick + 1 if now - self.started < QUICK_SECONDS else 1
        delay = DELAYS[min(self.quick, len(DELAYS)) - 1]
        self.process, self.due = None, now + delay
        how = f"信号 {-code}" if code < 0 else f"返回值 {code}"
        if self.quick < QUICK_DEATHS:
            say(f"△ {self.name} 意外退出（{how}），{delay:g} 秒后重新启动。")
        elif self.quick == QUICK_DEATHS:
            say(
                f"✗ {self.name} 接连退出 {QUICK_DEATHS} 次，其余进程照常服务，仍会每 {DELAYS[-1]:g} 秒内重试；原因见 {self.log}。"
            )

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def stop(self, seconds: float) -> None:
        if self.process is not None:
            processes.end(self.process, gentle=signal.SIGTERM, seconds=seconds)


def web(ports: Ports) -> list[str]:
    """granian: blocking threads stay below the connection pool of each worker process."""
    cores = os.cpu_count() or 1
    usual = (
        min(cores, 4) if production() else max(1, min(cores // 2, 2))
    )  # a demo starts fast and leaves cores to the rest
    workers = int(os.environ.get("YILIANTI_WEB_WORKERS") or usual)
    pool = int(os.environ.get("YILIANTI_DB_POOL") or 12)
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", ports.bind, "--port", str(ports.web)]
    command += ["--workers", str(workers), "--blocking-threads", str(max(2, pool - 4)), "--respawn-failed-workers"]
    command += ["--workers-kill-timeout", "2", "--no-ws", "--log-level", "warning", "yilianti.config.wsgi:application"]
    if kept := certificate():
        command += ["--ssl-certificate", str(kept[0]), "--ssl-keyfile", str(kept[1]), "--ssl-protocol-min", "tls1.2"]
    return command


def all_children(ports: Ports, logs: Path, environ: dict[str, str]) -> list[Child]:
    """In the order in which they stop: doors first, then those who finish what came through."""
    own = [sys.executable, "-m", "yilianti.cli"]
    return [
        Child("hl7", [*own, "hl7"], logs / "hl7.log", environ=environ),
        Child("dicom", [*own, "dicom"], logs / "dicom.log", environ=environ),
        # SIGTERM lets granian end its own workers; the others keep nothing that a kill could lose.
        Child("web", web(ports), logs / "web.log", death=signal.SIGTERM, environ=environ),
        Child("worker", [*own, "worker"], logs / "worker.log", environ=environ),
        Child("insight", [*own, "insight"], logs / "insight.log", environ=environ),
        Child("filing", [*own, "dicom", "--filing"], logs / "filing.log", environ=environ),
        Child("folders", [*own, "folders"], logs / "folders.log", environ=environ),
        Child("runner", [*own, "runner"], logs / "runner.log", environ=environ),
    ]
