"""A backup made into a home again: checked, unpacked beside, rolled forward to a moment, and only then put in place."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from yilianti.cli import database, processes
from yilianti.cli.backups import store
from yilianti.cli.backups.store import SEGMENT, Store
from yilianti.cli.home import Home, Trouble, say, write_private
from yilianti.cli.postgres import binaries
from yilianti.cli.postgres.binaries import Binaries
from yilianti.cli.postgres.cluster import APPLICATION, OWNER, SUPERUSER, Cluster, last_line

NEEDED_TIMES = 1.2  # the data, and what recovery writes besides


@dataclass(frozen=True)
class Target:
    """Up to where the WAL is played: everything there is, a moment, or a named restore point."""

    until: str = ""
    point: str = ""

    def settings(self) -> list[str]:
        if self.point:
            return [f"recovery_target_name={self.point}", "recovery_target_action=promote"]
        return [f"recovery_target_time={self.until}", "recovery_target_action=promote"] if self.until else []


def part_faults(manifest: dict[str, Any]) -> list[str]:
    """A sentence for each file of the backup that is absent or not what was written."""
    said = []
    for name, part in manifest["parts"].items():
        path = Path(manifest["folder"], name)
        if not path.exists():
            said.append(f"备份 {manifest['id']} 缺少文件 {name}")
        elif store.sha256(path) != part["sha256"]:
            said.append(f"备份 {manifest['id']} 的文件 {name} 与写入时的哈希不符")
    return said


def programs_for(manifest: dict[str, Any]) -> Binaries:
    return binaries.recorded({"folder": "/", **manifest["postgres"]}, None)


def unpack(manifest: dict[str, Any], place: Store, cluster: Cluster) -> Path:
    """The data directory as it was copied, not yet in its final place; a damaged archive is unpacked as far as it goes."""
    draft = cluster.folder / "data.new"
    shutil.rmtree(draft, ignore_errors=True)
    cluster.folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(cluster.folder).free
    wal = [name for name in place.segments() if name >= first_segment(manifest)]
    needed = int(manifest["database_bytes"] * NEEDED_TIMES) + len(wal) * 16_777_216 + 64_000_000
    if free < needed:
        raise Trouble(f"磁盘空间不足：{cluster.folder} 只剩 {free // 1_000_000} MB，恢复约需 {needed // 1_000_000} MB；没有开始。")
    cluster.own(draft, 0o700)
    for name, into in (("base.tar.gz", draft), ("pg_wal.tar.gz", draft / "pg_wal")):
        with contextlib.suppress(tarfile.ReadError, EOFError, zlib.error, gzip.BadGzipFile, FileNotFoundError), tarfile.open(Path(manifest["folder"], name)) as archive:
            store.extract(archive, into)
    return draft


def check_data(manifest: dict[str, Any], data: Path, programs: Binaries) -> list[str]:
    """Sentences about files that differ from PostgreSQL's own manifest, each naming the table; then its own checker's word."""
    listed = json.loads(Path(manifest["folder"], "backup_manifest").read_text(encoding="utf-8"))["Files"]
    said = []
    for file in listed:
        path = data / file["Path"]
        if not path.exists() or path.stat().st_size != file["Size"] or store.sha256(path) != file["Checksum"]:
            said.append(f"{_held(manifest, file['Path'])}（文件 {file['Path']}）已损坏")
    checker = Path(programs.program("pg_verifybackup"))
    if not said and checker.exists():
        manifest_path = Path(manifest["folder"], "backup_manifest")
        ended = subprocess.run([checker, "-q", "-m", manifest_path, data], capture_output=True, text=True, env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"})
        if ended.returncode > 0:  # that of the wheel (18.x) dies of a signal at once; our own check stands
            said.append(f"pg_verifybackup：{(ended.stderr or ended.stdout).strip().splitlines()[:1]}")
    return said


def _held(manifest: dict[str, Any], path: str) -> str:
    table = manifest["files"].get(re.sub(r"(_fsm|_vm|_init)?(\.\d+)?$", "", path))
    return f"表 {table}" if table else "数据库的内部文件"


def first_segment(manifest: dict[str, Any]) -> str:
    """The WAL segment in which the base backup begins, from PostgreSQL's own manifest."""
    ranges = json.loads(Path(manifest["folder"], "backup_manifest").read_text(encoding="utf-8"))["WAL-Ranges"]
    log, byte = (int(part, 16) for part in ranges[0]["Start-LSN"].split("/"))
    return f"{ranges[0]['Timeline']:08X}{log:08X}{byte // 16_777_216:08X}"


def stage_wal(manifest: dict[str, Any], place: Store, data: Path) -> int:
    """Put the kept segments where recovery reads them; returns how many. Trouble names a gap."""
    first = first_segment(manifest)
    names = [name for name in place.segments() if name >= first]
    for before, after in zip(names, names[1:], strict=False):
        if before[:8] == after[:8] and _number(after) != _number(before) + 1:
            raise Trouble(f"归档的 WAL 有缺口：{before} 之后应接着下一段，却是 {after}；只能恢复到缺口之前，请用 --at-backup 或更早的 --until。")
    for history in place.wal.glob("*.history.gz"):
        store.unpack(history, data / "pg_wal" / history.name[:-3])
    for name in names:
        if SEGMENT.fullmatch(name) and not (data / "pg_wal" / name).exists():
            store.unpack(place.wal / f"{name}.gz", data / "pg_wal" / name)
    return len(names)


def _number(segment: str) -> int:
    """Segments are counted 00 to FF within each log of 4 GB."""
    return int(segment[8:16], 16) * 256 + int(segment[16:24], 16)


@contextlib.contextmanager
def recovered(cluster: Cluster, data: Path, programs: Binaries, target: Target) -> Iterator[str]:
    """Recover `data` to the target and yield the superuser's URL of the server, which only we can reach."""
    room = Path(tempfile.mkdtemp(prefix="ylt-"))
    private = Cluster(cluster.folder, log=cluster.log)
    private.data, private.socket = data, room / "socket"
    give(room)  # nobody else gets to the socket, so nobody else is trusted
    trust = room / "hba.conf"
    trust.write_text("local all all trust\n")
    (data / "recovery.signal").touch()
    give(data)
    write_record(cluster, programs)
    private.more = [*target.settings(), "restore_command=false", "archive_mode=off", "hot_standby=off", "listen_addresses=", f"hba_file={trust}"]
    try:
        private.launch(programs)
        if not private.answers(lambda: say("  正在重放日志 …")):
            raise Trouble(f"恢复没有到达目标（{last_line(private.said())}）；原有数据未动，详情见 {cluster.log}。")
        yield private.url(SUPERUSER)
    finally:
        private.stop(seconds=60)
        shutil.rmtree(room, ignore_errors=True)


def write_record(cluster: Cluster, programs: Binaries) -> None:
    """The programs this data belongs to, and passwords: new ones where the old ones are not here."""
    if not cluster.passwords():
        import secrets

        words = {role: secrets.token_hex(24) for role in (SUPERUSER, OWNER, APPLICATION)}
        write_private(cluster.folder / "passwords.json", json.dumps(words))
    cluster.write_record(programs, processes.free_port())


def set_passwords(url: str, passwords: dict[str, str]) -> None:
    """The roles of the restored cluster take the passwords of this home."""
    with psycopg.connect(url, autocommit=True) as connection:
        for role, password in passwords.items():
            connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(password)))


def give(folder: Path) -> None:
    """Everything below belongs to the database's user."""
    if user := binaries.account():
        for path in [folder, *folder.rglob("*")]:
            os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)


def into_home(manifest: dict[str, Any], place: Store, home: Home, target: Target, *, overwrite: bool) -> dict[str, float]:
    """Restore into `home`, which must hold no data unless `overwrite`: then the old data are set aside, never removed."""
    if said := part_faults(manifest):
        raise Trouble(f"{'；'.join(said)}：已损坏，没有恢复；请换用另一份备份（./yilianti backup --list）。")
    programs = programs_for(manifest)
    home.make()
    lock = database.hold(home)
    try:
        cluster = Cluster(home.postgres, log=home.logs / "restore.log")
        if cluster.made and not overwrite:
            raise Trouble(f"{home.path} 里已有数据；请换一个空目录，或加 --overwrite 并按提示确认（原有数据会改名留存）。")
        started = time.monotonic()
        data = unpack(manifest, place, cluster)
        if said := check_data(manifest, data, programs):
            raise Trouble(f"备份 {manifest['id']} 已损坏：{'；'.join(said[:5])}；请换用另一份备份。")
        stage_wal(manifest, place, data)
        unpacked = time.monotonic()
        with recovered(cluster, data, programs, target) as url:
            set_passwords(url, cluster.passwords())
        if cluster.data.exists():
            cluster.data.rename(cluster.folder / f"data.before-{time.strftime('%Y%m%d-%H%M%S')}")
        data.rename(cluster.data)
        cluster.marker.unlink(missing_ok=True)
        with tarfile.open(Path(manifest["folder"], "home.tar.gz")) as archive:
            store.extract(archive, home.path)
        return {"unpack": round(unpacked - started, 1), "recover": round(time.monotonic() - unpacked, 1)}
    finally:
        shutil.rmtree(home.postgres / "data.new", ignore_errors=True)
        lock.close()


