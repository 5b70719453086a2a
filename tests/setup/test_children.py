"""Children are restarted, reported when they keep dying, and never outlive the supervisor."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from yilianti.cli import children, processes
from yilianti.cli.checks import Ports
from yilianti.cli.children import Child
from yilianti.cli.home import ROOT

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]


def until(well: Callable[[], bool], seconds: float = 8) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if well():
            return True
        time.sleep(0.02)
    return False


def test_a_killed_child_is_started_again(tmp_path: Path) -> None:
    child = Child("web", SLEEPER, tmp_path / "web.log", environ=dict(os.environ))
    child.start()
    assert child.process is not None
    first = child.process.pid
    os.kill(first, signal.SIGKILL)

    def again() -> bool:
        child.watch()
        return child.process is not None and child.process.pid != first

    assert until(again)
    child.stop(2)


def test_five_quick_deaths_are_reported_and_retried_more_slowly(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    child = Child("hl7", [sys.executable, "-c", "raise SystemExit(3)"], tmp_path / "hl7.log", environ=dict(os.environ))
    for _ in range(children.QUICK_DEATHS):
        child.due = 0.0
        child.watch()
        assert child.process is not None
        child.process.wait()
        child.watch()
    said = capsys.readouterr().out
    assert said.count("△ hl7 意外退出（返回值 3）") == children.QUICK_DEATHS - 1
    assert "✗ hl7 接连退出 5 次，其余进程照常服务" in said
    assert child.due - time.monotonic() > 3


def test_stopping_a_child_that_does_not_listen(tmp_path: Path) -> None:
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
    child = Child("web", [sys.executable, "-c", deaf], tmp_path / "web.log", environ=dict(os.environ))
    child.start()
    assert until(lambda: "up" in child.log.read_text())
    started = time.monotonic()
    child.stop(0.3)
    assert child.process is not None
    assert child.process.poll() == -signal.SIGKILL
    assert time.monotonic() - started < 3


@pytest.mark.skipif(
    sys.platform != "linux", reason="the leash is a Linux system call; elsewhere the next run cleans up"
)
def test_children_die_with_a_killed_supervisor(tmp_path: Path) -> None:
    script = f"""
import os, sys, time
from pathlib import Path
from yilianti.cli import processes
child = processes.spawn({SLEEPER!r}, log=Path({str(tmp_path / "x.log")!r}), env=dict(os.environ))
print(child.pid, flush=True)
time.sleep(60)
"""
    own = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    supervisor = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, env=own)
    assert supervisor.stdout is not None
    child = int(supervisor.stdout.readline())
    assert processes.alive(child)
    supervisor.kill()
    supervisor.wait()
    assert until(lambda: not processes.alive(child) or "zombie" in Path(f"/proc/{child}/status").read_text())


def test_leftovers_of_this_home_are_ended_and_of_others_left(tmp_path: Path) -> None:
    ours = processes.spawn(SLEEPER, log=tmp_path / "a", env={**os.environ, "YILIANTI_HOME": str(tmp_path)})
    theirs = processes.spawn(SLEEPER, log=tmp_path / "b", env={**os.environ, "YILIANTI_HOME": "/elsewhere"})
    try:
        assert until(lambda: f"YILIANTI_HOME={tmp_path}" in Path(f"/proc/{ours.pid}/environ").read_text())
        assert processes.end_leftovers([ours.pid, theirs.pid], tmp_path) == 1
        assert ours.wait(5) == -signal.SIGKILL
        assert theirs.poll() is None
    finally:
        processes.kill_group(theirs.pid)
        theirs.wait(5)


def test_web_threads_stay_below_the_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YILIANTI_DB_POOL", "12")
    command = children.web(Ports("127.0.0.1", 8000, 2575, 11112))
    assert int(command[command.index("--blocking-threads") + 1]) < 12
