"""One PostgreSQL cluster of our own: made once with recorded programs, started, reached and stopped."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psycopg

from yilianti.cli import processes
from yilianti.cli.home import Trouble, read_json, say, write_private
from yilianti.cli.postgres import archiving, binaries, roles
from yilianti.cli.postgres.binaries import Binaries

SUPERUSER, OWNER, APPLICATION, DATABASE = "postgres", "yilianti_owner", "yilianti", "yilianti"
INITDB_BYTES = 80_000_000
# Statements and refused values may name somebody: the application's log says what failed, the server's never quotes it.
QUIET = ["log_min_messages=log", "log_min_error_statement=panic", "log_parameter_max_length=0", "log_error_verbosity=terse"]
# After kill -9 the old lock and shared memory may linger until the last backend has gone.
LINGERING = (
    "postmaster.pid",
    "shared memory",
    "is starting up",
    "shutting down",
    "could not bind",
    "could not create lock file",
)


class Cluster:
    """Data, passwords and record below `folder`; `durable=False` is for tests that may lose everything."""

    def __init__(self, folder: Path, *, log: Path, durable: bool = True, archive: Path | None = None) -> None:
        self.folder = folder
        self.log = log
        self.durable = durable
        self.archive = archive  # where finished WAL segments go; the marker says that a full backup was begun
        self.marker = folder / "archiving"
        self.more: list[str] = []  # settings for one start, such as the target of a recovery
        self.data = folder / "data"
        self.record_file = folder / "cluster.json"
        self.socket = folder / "socket"
        self.process: subprocess.Popen[bytes] | None = None
        self.mark = 0

    # -- what is recorded

    @property
    def made(self) -> bool:
        return (self.data / "PG_VERSION").exists()

    def record(self) -> dict[str, object]:
        return dict(read_json(self.record_file))

    def write_record(self, programs: Binaries, port: int) -> None:
        kept = {"folder": str(programs.folder), "major": programs.major, "source": programs.source, "port": port}
        write_private(self.record_file, json.dumps(kept, indent=1))

    def passwords(self) -> dict[str, str]:
        return {str(role): str(word) for role, word in read_json(self.folder / "passwords.json").items()}

    def programs(self, forced: str | None = None) -> Binaries:
        """The programs this cluster belongs to."""
        record = self.record()
        if not record:  # killed between the record and the rename, or the record was lost: the data name their version
            major = int((self.data / "PG_VERSION").read_text())
            record = {"folder": "/", "major": major, "source": forced or "system", "port": processes.free_port()}
        return binaries.recorded(record, forced)

    # -- making

    def make(self, forced: str | None = None) -> None:
        """initdb into a side folder, renamed when whole; a killed attempt is thrown away."""
        if self.made:
            return
        programs = binaries.choose(forced)
        self.folder.mkdir(parents=True, exist_ok=True)
        draft = self.folder / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        if not self.passwords():
            words = {role: secrets.token_hex(24) for role in (SUPERUSER, OWNER, APPLICATION)}
            write_private(self.folder / "passwords.json", json.dumps(words))
        password = self.folder / "password.new"
        write_private(password, self.passwords()[SUPERUSER])
        self._hand_to_account(password)
        self.own(draft, 0o700)
        try:
            self._initdb(programs, draft, password)
        finally:
            password.unlink(missing_ok=True)
        self.write_record(programs, processes.free_port())
        draft.rename(self.data)

    def _initdb(self, programs: Binaries, draft: Path, password: Path) -> None:
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        command = [
            programs.program("initdb"),
            "-D",
            str(draft),
            "-U",
            SUPERUSER,
            "--encoding=UTF8",
            "-A",
            "scram-sha-256",
        ]
        command += [
            "--data-checksums",
            f"--pwfile={password}",
            *(locale if programs.major >= 17 else ["--locale=C.UTF-8"]),
        ]
        command += [] if self.durable else ["--no-sync"]
        self.mark = self._log_size()
        cramped = (
            shutil.disk_usage(self.folder).free < INITDB_BYTES
        )  # initdb clears its traces away, also those of a full disk
        process = processes.spawn(command, log=self.log, env=self._environ(), **binaries.as_account())
        if process.wait() != 0:
            said, full = self.said(), cramped or is_full(self.folder, self.said())
            shutil.rmtree(draft, ignore_errors=True)
            if full:
                raise Trouble(full_sentence(self.folder))
            raise Trouble(f"建立数据库没有成功（{last_line(said)}）；详情见 {self.log}，修好后再运行即可。")

    def _hand_to_account(self, path: Path) -> None:
        if user := binaries.account():
            os.chown(path, user.pw_uid, user.pw_gid)

    def own(self, folder: Path, mode: int) -> None:
        """A folder that belongs to the database's user, who must be able to get there."""
        folder.mkdir(exist_ok=True)
        folder.chmod(mode)
        self._hand_to_account(folder)
        reach = subprocess.run(["/bin/sh", "-c", 'test -w "$0"', str(folder)], **binaries.as_account())
        if reach.returncode != 0:
            user = binaries.account()
            name = user.pw_name if user else "当前用户"
            raise Trouble(
                f"数据库用户 {name} 进不了 {folder}；请把 YILIANTI_HOME 放到所有用户都能进入的目录（例如 /var/lib/yilianti）。"
            )

    # -- running

    def start(self, forced: str | None = None, *, seconds: float = 30) -> None:
        """Start and wait until it answers; lingering traces of a killed server are waited out."""
        programs = self.programs(forced)
        deadline = time.monotonic() + seconds
        while True:
            self.launch(programs)
            if self.answers(lambda: say("  数据库正在恢复上次未写完的数据 …")):
                break
            said = self.said()
            self._raise_if_full(said)
            if "Address already in use" in said:
                self.write_record(programs, processes.free_port())
            elif not any(mark in said for mark in LINGERING) or time.monotonic() > deadline:
                raise Trouble(f"数据库没有启动（{last_line(said)}）；数据未动，详情见 {self.log}。")
            time.sleep(0.4)
        self._with_superuser(lambda connection: roles.ensure(connection, self.passwords()))

    def launch(self, programs: Binaries | None = None) -> None:
        """Start the server process only."""
        programs = programs or self.programs()
        if not self.record() or self.record()["folder"] != str(programs.folder):
            self.write_record(programs, int(str(self.record().get("port") or processes.free_port())))
        self.own(self.socket, 0o755)
        self.mark = self._log_size()
        options = [
            "listen_addresses=127.0.0.1",
            "max_connections=120",
            "jit=off",
            "lc_messages=C",
            "log_timezone=Asia/Shanghai",
        ]
        options += QUIET
        options += [f"unix_socket_directories={self.socket if self._socket_fits() else ''}"]
        if self.archive is not None:
            script = self.folder / "archive_wal.sh"
            script.write_text(archiving.SCRIPT)
            script.chmod(0o755)
            options += archiving.settings(script, self.archive, self.marker)
        switch = "on" if self.durable else "off"
        options += [f"{name}={switch}" for name in ("fsync", "synchronous_commit", "full_page_writes")]
        command = [programs.program("postgres"), "-D", str(self.data), "-p", str(self.record()["port"])]
        for option in [*options, *self.more]:
            command += ["-c", option]
        # SIGINT is PostgreSQL's fast shutdown: a supervisor killed with -9 still leaves a clean database.
        self.process = processes.spawn(
            command, log=self.log, death=signal.SIGINT, env=self._environ(), **binaries.as_account()
        )

    def stop(self, *, seconds: float = 4) -> None:
        """Fast shutdown, then immediate (which the next start recovers from)."""
        if self.process is None:
            return
        processes.end(self.process, gentle=signal.SIGINT, seconds=seconds)
        self.process = None

    def url(self, role: str, database: str = DATABASE) -> str:
        """The address for `role`, through the socket where its path is short enough."""
        through = f"?host={self.socket}" if self._socket_fits() else ""
        return f"postgresql://{role}:{self.passwords()[role]}@127.0.0.1:{self.record()['port']}/{database}{through}"

    def answers(self, slow: Callable[[], None]) -> bool:
        """Wait while the process lives; False when it ended."""
        assert self.process is not None
        told = time.monotonic() + 4
        while self.process.poll() is None:
            with contextlib.suppress(psycopg.OperationalError):
                psycopg.connect(self.url(SUPERUSER, "postgres"), connect_timeout=3).close()
                return True
            if time.monotonic() > told:
                slow()
                told += 10
            time.sleep(0.04)
        return False

    def _with_superuser(self, work: Callable[[psycopg.Connection], None]) -> None:
        try:
            with psycopg.connect(self.url(SUPERUSER, "postgres"), autocommit=True) as connection:
                work(connection)
        except psycopg.errors.DiskFull as error:
            raise Trouble(full_sentence(self.folder)) from error

    def _socket_fits(self) -> bool:
        return len(os.fsencode(str(self.socket))) < 85  # sun_path holds 107 bytes, of which PostgreSQL adds up to 20

    def _environ(self) -> dict[str, str]:
        kept = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "TZ": "Asia/Shanghai"}
        return kept | ({"YILIANTI_HOME": os.environ["YILIANTI_HOME"]} if "YILIANTI_HOME" in os.environ else {})

    # -- what it said

    def _log_size(self) -> int:
        return self.log.stat().st_size if self.log.exists() else 0

    def said(self) -> str:
        """The log since the last launch."""
        with contextlib.suppress(OSError), self.log.open("rb") as file:
            file.seek(min(self.mark, self._log_size()))
            return file.read(200_000).decode(errors="replace")
        return ""

    def _raise_if_full(self, said: str) -> None:
        if is_full(self.folder, said):
            raise Trouble(full_sentence(self.folder))


def is_full(folder: Path, said: str = "") -> bool:
    """A full disk shows in the log, or in there being no room for the log."""
    return "No space left on device" in said or shutil.disk_usage(folder).free < 1_000_000


def full_sentence(folder: Path) -> str:
    return f"磁盘已满：{folder} 所在分区没有空间，数据库无法写入；已提交的数据没有丢失，腾出空间后再运行即可。"


def last_line(said: str) -> str:
    """The most telling line of a server's log."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    grave = [line for line in lines if any(mark in line for mark in ("FATAL", "PANIC", "error:", "ERROR"))]
    return (grave or lines or ["没有留下说明"])[-1][-200:]
