"""The supervisor behind ./run: starts the children, keeps them alive, and stops them in order."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import ssl
import sys
import time
import urllib.error
import urllib.request
from typing import Any

import psycopg

from yilianti.cli import checks, children, database, home, rotating, setup
from yilianti.cli.home import Home, Trouble, say
from yilianti.cli.postgres.cluster import full_sentence, is_full
from yilianti.cli.preparing import Installation, Stopped
from yilianti.policybook import PolicyError

_UNCHECKED = ssl._create_unverified_context()  # noqa: S323, SLF001
READY_SECONDS = 60.0
STOP_SECONDS = 9.0


class Supervisor:
    """One installation while it runs."""

    def __init__(self, place: Home) -> None:
        self.home = place
        self.ports = checks.ports()
        self.installation = Installation(place, self.ports)
        self.children: list[children.Child] = []
        self.serving = self.stopping = False
        self.database_due = 0.0
        self.told_down = self.told_slow = self.told_cramped = self.welcomed = False

    def serve(self) -> None:
        started, self.serving = time.monotonic(), True
        setup.forget_beats(self.installation.addresses.application)
        say("· 启动各进程 …")
        self.children = children.all_children(self.ports, self.home.logs, self.installation.environ())
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
                self._housekeep()
            time.sleep(0.1 if not self.welcomed else 0.15)

    def _housekeep(self) -> None:
        """Keep the logs within bounds, and warn before the disk is full."""
        with contextlib.suppress(OSError, PolicyError):
            rotating.rotate(self.home.logs, days=rotating.kept_days())
        try:
            checks.disk(self.home, making=False)
        except Trouble as trouble:
            if not self.told_cramped:
                say(f"△ {trouble}")
            self.told_cramped = True
        else:
            self.told_cramped = False

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
        cluster = self.installation.cluster
        if cluster is None or cluster.process is None:
            return
        if cluster.process.poll() is None:
            self.told_down = self.told_down and time.monotonic() < self.database_due + 5
            return
        if time.monotonic() < self.database_due:
            return
        self.database_due = time.monotonic() + 0.7
        if is_full(self.home.path, cluster.said()):
            self.database_due += 10
            reason = f"✗ {full_sentence(self.home.path)}（腾出空间后会自动恢复）"
        else:
            reason = "△ 数据库意外停止，正在重新启动 …"
        if not self.told_down:
            say(reason)
        self.told_down = True
        with contextlib.suppress(OSError, Trouble):
            cluster.launch()
            self._write_state()

    def _write_state(self) -> None:
        pids = {child.name: child.process.pid for child in self.children if child.process}
        if self.installation.cluster and self.installation.cluster.process:
            pids["database"] = self.installation.cluster.process.pid
        history = {child.name: {"since": child.since, "restarts": child.restarts} for child in self.children}
        state = {"supervisor": os.getpid(), "address": self.ports.address, "mllp": self.ports.mllp, "dicom": self.ports.dicom, "children": pids, "history": history}
        with contextlib.suppress(OSError):
            home.write_private(self.home.state, json.dumps(state, indent=1))

    def _welcome(self) -> None:
        say(f"\nYilianti 医联体已就绪：{self.ports.address}\nHL7 v2（MLLP）：{self.ports.bind}:{self.ports.mllp}　DICOM：{self.ports.bind}:{self.ports.dicom}")
        accounts = home.read_json(self.home.accounts)
        if accounts and checks.mode() == "demo":
            say("\n演示账号（仅演示模式存在）：")
            for account in accounts:
                desk = account.get("desk") or account.get("role", "")
                say(
                    f"  {desk}　{account.get('username')} / {account.get('password')}　{account.get('institution', '')}"
                )
        if checks.mode() == "empty":
            say("\n空县：还没有建立医联体的，请另开一个窗口运行 ./yilianti found")
        say(f"\n日志：{self.home.logs}　按 Ctrl-C 停止。")

    def stop(self) -> None:
        """Doors first, then those behind them, then the database; within ten seconds in all."""
        deadline = time.monotonic() + STOP_SECONDS
        for pair in (self.children[:3], self.children[3:]):
            for child in pair:
                child.ask_to_stop()
            until = min(time.monotonic() + 2.5, deadline)
            for child in pair:
                child.stop(max(0.1, until - time.monotonic()))
        if self.installation.cluster:
            self.installation.cluster.stop(seconds=max(2.0, deadline - time.monotonic()))
        for kept in (self.home.connection, self.home.state):
            kept.unlink(missing_ok=True)


def health(address: str) -> tuple[bool, dict[str, Any]]:
    """(everything serves, what /healthz said)."""
    try:
        # Over the loopback address: whose certificate it is, is for the browsers of other machines to check.
        with urllib.request.urlopen(f"{address}/healthz", timeout=3, context=_UNCHECKED) as answer:  # noqa: S310
            return True, json.load(answer)
    except urllib.error.HTTPError as error:
        with contextlib.suppress(ValueError):
            return False, json.load(error)
    except (OSError, ValueError):
        pass
    return False, {}


USAGE = """用法：./run    准备环境并启动；Ctrl-C 停止。可用的环境变量：
  YILIANTI_HOME        数据目录（root 默认 /var/lib/yilianti，普通用户默认 ~/.local/share/yilianti）
  YILIANTI_WEB_PORT    网页端口（默认 8000）        YILIANTI_MLLP_PORT   HL7 端口（默认 2575）
  YILIANTI_DICOM_PORT  DICOM 端口（默认 11112）    YILIANTI_DICOM_AE    本平台的 AE 标题（默认 YILIANTI）
  YILIANTI_ECG_FOLDERS 心电图机采集文件夹的根目录（默认数据目录下的 ecg_folders）
  YILIANTI_PG          system 或 wheel：用哪一套 PostgreSQL    DATABASE_URL   改用已有的数据库（15 或更新）
  YILIANTI_MODE        demo（默认）、empty（空县，从零开始）：只在本机可访问；或 production
  正式环境另需：YILIANTI_PUBLIC_URL（https://…）、YILIANTI_SECRET_KEY，以及 YILIANTI_TRUSTED_PROXIES（前面代理的地址）
  或 YILIANTI_TLS_CERT 与 YILIANTI_TLS_KEY（自己的证书）"""


def main(argv: list[str]) -> int:
    """Run until stopped: 0 after a request to stop, 1 with one sentence when something must be mended."""
    if argv:
        say(USAGE)
        return 0 if argv[0] in ("-h", "--help") else 2
    place = home.current()
    supervisor: Supervisor | None = None
    lock = None
    try:
        place.make()
        lock = database.hold(place)
        supervisor = Supervisor(place)
        _listen_for_signals(supervisor)
        supervisor.installation.prepare()
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
    sys.exit(main(sys.argv[1:]))
