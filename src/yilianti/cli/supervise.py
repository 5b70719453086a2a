"""The supervisor behind ./run: prepares, starts the children, keeps them alive, and stops them in order."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import psycopg

from yilianti.cli import checks, children, database, home, processes, setup
from yilianti.cli.database import Addresses
from yilianti.cli.home import Home, Trouble, say, step
from yilianti.cli.postgres.cluster import Cluster, full_sentence, is_full, last_line

READY_SECONDS = 60.0
STOP_SECONDS = 9.0


class Stopped(Exception):
    """A person asked us to stop."""


class Supervisor:
    """One installation while it runs."""

    def __init__(self, place: Home) -> None:
        self.home = place
        self.ports = checks.ports()
        self.cluster: Cluster | None = None
        self.addresses = Addresses("", "", "external")
        self.children: list[children.Child] = []
        self.serving = self.stopping = False
        self.database_due = 0.0
        self.told_full = self.told_slow = self.welcomed = False

    # -- before serving

    def prepare(self) -> None:
        self._end_leftovers()
        checks.secret(self.home)
        checks.ports_free(self.ports)
        self._database()
        database.remember(self.home, self.addresses)
        self._bring_up_to_date()

    def _end_leftovers(self) -> None:
        left = home.read_json(self.home.state).get("children", {})
        # The database is left to finish its own shutdown; its start waits for that.
        groups = [int(pid) for name, pid in left.items() if name != "database"]
        if ended := processes.end_leftovers(groups, self.home.path):
            say(f"△ 上次没有正常结束，已清理 {ended} 个遗留进程。")

    def _database(self) -> None:
        if named := database.external(dict(os.environ)):
            with step("连接 DATABASE_URL 指定的数据库"):
                separate = named.owner != named.application
                database.check(named.application, makes_tables=not separate)
                if separate:
                    database.check(named.owner, "YILIANTI_OWNER_DATABASE_URL", makes_tables=True)
            self.addresses = named
            return
        self.cluster = database.cluster_of(self.home)
        checks.disk(self.home, making=not self.cluster.made)
        if not self.cluster.made:
            with step("建立数据库"):
                self.cluster.make(database.forced())
        with step("启动数据库"):
            self.cluster.start(database.forced())
        self.addresses = database.embedded(self.cluster)

    def _bring_up_to_date(self) -> None:
        done = setup.done(self.addresses.owner)
        if checks.production() and "demo" in done:
            raise Trouble("这份数据里有演示账号，不能用于正式环境；请用 YILIANTI_HOME（或 DATABASE_URL）另建一份。")
        if done.get("migrated") != setup.fingerprint():
            with step("更新数据库结构"):
                self._run("migrate", self.addresses.owner)
        if not checks.production() and "demo" not in done:
            with step("装入演示县"):
                self._run("demo", self.addresses.application)

    def _run(self, command: str, url: str) -> None:
        """A command as a child whose lines are shown; killed in the middle, it starts over next time."""
        log = self.home.logs / f"{command}.log"
        log.write_bytes(b"")
        environ = self._environ() | {"DATABASE_URL": url}
        process = processes.spawn([sys.executable, "-u", "-m", "yilianti.cli", command], log=log, env=environ)
        try:
            show_until_end(process, log)
        except Stopped:
            processes.end(process, gentle=signal.SIGTERM, seconds=3)
            raise
        if process.returncode != 0:
            said = log.read_text(encoding="utf-8", errors="replace")
            if is_full(self.home.path, said) or "DiskFull" in said:
                raise Trouble(full_sentence(self.home.path))
            raise Trouble(f"这一步没有完成（{last_line(said)}）；已有数据未动，详情见 {log}，修好后再运行 ./run。")

    def _environ(self) -> dict[str, str]:
        mode = "production" if checks.production() else "demo"
        own = {"DATABASE_URL": self.addresses.application, "YILIANTI_MODE": mode, "YILIANTI_BIND": self.ports.bind}
        own |= {"YILIANTI_MLLP_HOST": self.ports.bind, "PYTHONUNBUFFERED": "1", "YILIANTI_HOME": str(self.home.path)}
        kept = {key: value for key, value in os.environ.items() if key != "YILIANTI_OWNER_DATABASE_URL"}
        return kept | {name: str(port) for name, port in self.ports.named().items()} | own

    # -- serving

    def serve(self) -> None:
        started, self.serving = time.monotonic(), True
        setup.forget_beats(self.addresses.application)
        say("· 启动各进程 …")
        self.children = children.all_children(self.ports, self.home.logs, self._environ())
        for child in reversed(self.children):
            child.start()
        self._write_state()
        checked = 0.0
        while not self.stopping:
            self._watch()
            if not self.welcomed:
                self._greet(time.monotonic() - started)
            if time.monotonic() - checked > 10:
                checked = time.monotonic()
                with contextlib.suppress(OSError):
                    children.rotate(self.home.logs)
            time.sleep(0.1 if not self.welcomed else 0.15)

    def _greet(self, seconds: float) -> None:
        """Say once that all serve, or once that some still do not."""
        self.welcomed, answer = health(self.ports.address)
        if self.welcomed:
            say(f"✓ 全部进程就绪（{seconds:.1f} 秒）")
            self._welcome()
        elif seconds > READY_SECONDS and not self.told_slow:
            self.told_slow = True
            reported = answer.get("processes", {"web": {}})
            silent = [name for name, process in reported.items() if process.get("state") != "serving"]
            say(f"✗ {READY_SECONDS:.0f} 秒后仍未就绪：{'、'.join(silent)}；日志在 {self.home.logs}，仍在继续尝试。")

    def _watch(self) -> None:
        before = [child.process and child.process.pid for child in self.children]
        self._watch_database()
        for child in self.children:
            child.watch()
        if before != [child.process and child.process.pid for child in self.children]:
            self._write_state()

    def _watch_database(self) -> None:
        """Restart a dead server; until the killed one's last backend has gone the first attempts fail, and are repeated."""
        cluster = self.cluster
        if (
            cluster is None
            or cluster.process is None
            or cluster.process.poll() is None
            or time.monotonic() < self.database_due
        ):
            return
        self.database_due = time.monotonic() + 0.7
        if is_full(self.home.path, cluster.said()):
            if not self.told_full:
                say(f"✗ {full_sentence(self.home.path)}（腾出空间后会自动恢复）")
            self.told_full, self.database_due = True, time.monotonic() + 10
        elif not self.told_full:
            say("△ 数据库意外停止，正在重新启动 …")
        with contextlib.suppress(OSError, Trouble):
            cluster.launch()
            self._write_state()

    def _write_state(self) -> None:
        pids = {child.name: child.process.pid for child in self.children if child.process}
        if self.cluster and self.cluster.process:
            pids["database"] = self.cluster.process.pid
        state = {"supervisor": os.getpid(), "address": self.ports.address, "mllp": self.ports.mllp, "children": pids}
        with contextlib.suppress(OSError):
            home.write_private(self.home.state, json.dumps(state, indent=1))

    def _welcome(self) -> None:
        say(f"\nYilianti 医联体已就绪：{self.ports.address}\nHL7 v2（MLLP）：{self.ports.bind}:{self.ports.mllp}")
        accounts = home.read_json(self.home.accounts)
        if accounts and not checks.production():
            say("\n演示账号（仅演示模式存在）：")
            for account in accounts:
                place = "　".join(str(account[key]) for key in ("institution", "desk") if account.get(key))
                say(
                    f"  {account.get('role', '')}：{account.get('username', '')} / {account.get('password', '')}　{place}"
                )
        say(f"\n日志：{self.home.logs}　按 Ctrl-C 停止。")

    # -- ending

    def stop(self) -> None:
        """Doors first, then those behind them, then the database; within ten seconds in all."""
        deadline = time.monotonic() + STOP_SECONDS
        for pair in (self.children[:2], self.children[2:]):
            for child in pair:
                child.ask_to_stop()
            until = min(time.monotonic() + 2.5, deadline)
            for child in pair:
                child.stop(max(0.1, until - time.monotonic()))
        if self.cluster:
            self.cluster.stop(seconds=max(2.0, deadline - time.monotonic()))
        for kept in (self.home.connection, self.home.state):
            kept.unlink(missing_ok=True)


def show_until_end(process: subprocess.Popen[bytes], log: Path) -> None:
    """Pass a command's lines to the screen while it runs; a traceback stays in the log."""
    with log.open(encoding="utf-8", errors="replace") as lines:
        ended = failed = False
        while not ended:
            ended = process.poll() is not None
            for line in lines:
                failed = failed or line.startswith("Traceback ")
                if not failed:
                    say(f"  {line.rstrip()}")
            time.sleep(0.05)


def health(address: str) -> tuple[bool, dict[str, Any]]:
    """(everything serves, what /healthz said)."""
    try:
        with urllib.request.urlopen(f"{address}/healthz", timeout=3) as answer:  # noqa: S310
            return True, json.load(answer)
    except urllib.error.HTTPError as error:
        with contextlib.suppress(ValueError):
            return False, json.load(error)
    except (OSError, ValueError):
        pass
    return False, {}


def main() -> int:
    """Run until stopped: 0 after a request to stop, 1 with one sentence when something must be mended."""
    place = home.current()
    supervisor: Supervisor | None = None
    lock = None
    try:
        place.make()
        lock = database.hold(place)
        supervisor = Supervisor(place)
        _listen_for_signals(supervisor)
        supervisor.prepare()
        supervisor.serve()
    except Stopped:
        pass
    except Trouble as trouble:
        say(f"✗ {trouble}")
        return 1
    except (OSError, psycopg.errors.DiskFull) as error:
        if isinstance(error, psycopg.Error) or is_full(place.path):
            say(f"✗ {full_sentence(place.path)}")
        else:
            say(f"✗ 启动时出错：{error.strerror or error}（{error.filename or place.path}）；数据未动。")
        return 1
    finally:
        if supervisor:
            if supervisor.children:
                say("\n· 正在停止 …")
            supervisor.stop()
            if supervisor.stopping:
                say("✓ 已停止，数据完好。")
        if lock:
            lock.close()
    return 0


def _listen_for_signals(supervisor: Supervisor) -> None:
    def ask(signum: int, frame: Any) -> None:
        first, supervisor.stopping = not supervisor.stopping, True
        if first and not supervisor.serving:
            raise Stopped  # every step of the preparation survives being cut short

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, ask)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, ask)


if __name__ == "__main__":
    sys.exit(main())
