"""The whole of ./run after its environment is made: start, refuse a second, survive kills, stop in order."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from yilianti.cli import processes
from yilianti.cli.home import ROOT, Home

READY_SECONDS = 240


class Run:
    """One supervisor; production mode, so that no demo county has to be loaded."""

    def __init__(self, home: Home, ports: tuple[int, int]) -> None:
        self.home = home
        self.ports = ports
        self.out = home.path / "out.log"

    def command(self) -> subprocess.Popen[bytes]:
        own = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "YILIANTI_HOME": str(self.home.path)}
        own |= {"YILIANTI_WEB_PORT": str(self.ports[0]), "YILIANTI_MLLP_PORT": str(self.ports[1]), "YILIANTI_DICOM_PORT": str(processes.free_port())}
        own |= {"YILIANTI_MODE": "production", "YILIANTI_SECRET_KEY": secrets.token_urlsafe(48), "DJANGO_SETTINGS_MODULE": ""}
        own |= {"YILIANTI_PUBLIC_URL": "https://ylt.test", "YILIANTI_TRUSTED_PROXIES": "127.0.0.1"}
        own.pop("DJANGO_SETTINGS_MODULE")
        own.pop("DATABASE_URL", None)
        with self.out.open("wb") as out:
            return subprocess.Popen([sys.executable, "-m", "yilianti.cli.supervise"], env=own, stdout=out, stderr=out)

    def start(self) -> None:
        self.process = self.command()
        assert self.until(lambda: "全部进程就绪" in self.said() or self.process.poll() is not None, READY_SECONDS), (
            self.said()
        )
        assert self.process.poll() is None, self.said()

    def said(self) -> str:
        return self.out.read_text(errors="replace")

    def health(self) -> int:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.ports[0]}/healthz", timeout=4) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def children(self) -> dict[str, int]:
        return dict(json.loads(self.home.state.read_text())["children"])

    @staticmethod
    def until(well: object, seconds: float) -> bool:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if well():  # type: ignore[operator]
                return True
            time.sleep(0.05)
        return False


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    import shutil
    import tempfile

    folder = Path(tempfile.mkdtemp(prefix="ylt-"))
    folder.chmod(0o755)
    home = Home(folder)
    home.make()
    started = Run(home, (processes.free_port(), processes.free_port()))
    started.start()
    yield started
    if started.process.poll() is None:
        started.process.send_signal(signal.SIGINT)
        started.process.wait(15)
    shutil.rmtree(folder, ignore_errors=True)


def gone(pids: list[int]) -> bool:
    return not any(processes.alive(pid) and "zombie" not in status(pid) for pid in pids)


def status(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return "zombie"


def test_it_serves_and_says_where(run: Run) -> None:
    assert run.health() == 200
    assert f"http://127.0.0.1:{run.ports[0]}" in run.said()


def test_production_has_no_demo_accounts(run: Run) -> None:
    assert "演示账号" not in run.said()
    assert not run.home.accounts.exists()


def test_a_second_one_is_refused_and_the_first_goes_on(run: Run) -> None:
    said = run.said()
    second = run.command()
    assert second.wait(30) == 1
    assert f"已在运行（进程 {run.process.pid}" in run.said()
    run.out.write_text(said)
    assert run.health() == 200


@pytest.mark.parametrize("name", ["web", "runner", "worker", "hl7", "dicom", "filing", "folders", "insight", "database"])
def test_a_killed_process_comes_back(run: Run, name: str) -> None:
    before = run.children()
    os.kill(before[name], signal.SIGKILL)
    assert run.until(lambda: run.children().get(name) not in (before[name], None), 20), run.said()
    assert run.until(lambda: run.health() == 200, 40), run.said()


def test_nothing_outlives_a_killed_supervisor_and_the_next_run_works(run: Run) -> None:
    pids = list(run.children().values())
    run.process.kill()
    run.process.wait()
    assert run.until(lambda: gone(pids), 15), [status(pid)[:60] for pid in pids]
    run.start()
    assert run.health() == 200


def test_a_stop_ends_everything_within_ten_seconds(run: Run) -> None:
    pids = list(run.children().values())
    started = time.monotonic()
    run.process.send_signal(signal.SIGINT)
    assert run.process.wait(15) == 0
    assert time.monotonic() - started < 10
    assert gone(pids)
    assert "已停止，数据完好" in run.said()
    assert all(processes.port_free("127.0.0.1", port) for port in run.ports)


def test_a_prepared_installation_migrates_nothing_again(run: Run) -> None:
    run.start()
    assert "更新数据库结构" not in run.said()
