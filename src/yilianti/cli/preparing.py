"""Before serving: the database found or made, its structure brought up to date, the demo county loaded once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from yilianti.cli import checks, database, home, processes, production, setup
from yilianti.cli.backups import making, store, upgrading
from yilianti.cli.checks import Ports
from yilianti.cli.database import Addresses
from yilianti.cli.home import Home, Trouble, say, step
from yilianti.cli.postgres.cluster import Cluster, full_sentence, is_full, last_line


class Stopped(Exception):
    """A person asked us to stop."""


class Installation:
    """A home and its database; every step may be cut short and is done again, or not needed, next time."""

    def __init__(self, place: Home, ports: Ports) -> None:
        self.home = place
        self.ports = ports
        self.cluster: Cluster | None = None
        self.addresses = Addresses("", "", "external")

    def prepare(self) -> None:
        """Everything up to a database that is ready to serve; Trouble says what a person must mend."""
        self._end_leftovers()
        if checks.production():
            production.require()
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
        if checks.mode() != "demo" and "demo" in done:
            raise Trouble("这份数据里有演示账号，不能用作空县或正式环境；请用 YILIANTI_HOME（或 DATABASE_URL）另建一份。")
        checks.keys(self.home, done.get("keys", ""))
        if done.get("migrated") != setup.fingerprint():
            way_back = self._keep_way_back() if done.get("migrated") and checks.production() else ""
            try:
                with step("更新数据库结构"):
                    self._run("migrate", self.addresses.owner)
            except Trouble as trouble:
                raise Trouble(f"{trouble}{way_back}") from trouble
        if checks.production() and (found := list(production.faults_in_data(self.addresses.owner, date.today()))):  # noqa: DTZ011
            raise Trouble("\n✗ ".join(found))
        if checks.mode() == "demo" and "demo" not in done:
            with step("装入演示县"):
                self._run("demo", self.addresses.application)

    def _keep_way_back(self) -> str:
        """A backup of what is about to be changed, and the sentence that tells how to return to it."""
        if self.cluster is None:
            return ""
        made = making.full(self.home, store.of(self.home), self.cluster)
        return upgrading.way_back(self.home, made)

    def _run(self, command: str, url: str) -> None:
        """A command as a child whose lines are shown; killed in the middle, it starts over next time."""
        log = self.home.logs / f"{command}.log"
        log.write_bytes(b"")
        environ = self.environ() | {"DATABASE_URL": url}
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

    def environ(self) -> dict[str, str]:
        """The environment of the serving children."""
        mode = checks.mode()
        own = {"DATABASE_URL": self.addresses.application, "YILIANTI_MODE": mode, "YILIANTI_BIND": self.ports.bind}
        own |= {"YILIANTI_MLLP_HOST": self.ports.bind, "YILIANTI_DICOM_HOST": self.ports.bind, "PYTHONUNBUFFERED": "1", "YILIANTI_HOME": str(self.home.path)}
        if mode == "production":  # the supervisor asks /healthz by the loopback address
            public = urlsplit(os.environ.get("YILIANTI_PUBLIC_URL", "")).hostname
            hosts = (public, os.environ.get("YILIANTI_ALLOWED_HOSTS", ""), self.ports.bind, "127.0.0.1")
            own["YILIANTI_ALLOWED_HOSTS"] = ",".join(filter(None, hosts))
        kept = {key: value for key, value in os.environ.items() if key != "YILIANTI_OWNER_DATABASE_URL"}
        return kept | {name: str(port) for name, port in self.ports.named().items()} | own


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
