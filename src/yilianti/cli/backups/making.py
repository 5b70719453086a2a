"""A full backup of the embedded cluster: base backup, a restore point with the figures of all rows, and the rest of the home."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import shutil
import subprocess
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

from yilianti.cli import setup
from yilianti.cli.backups import rows, store
from yilianti.cli.backups.store import DRAFT, Store
from yilianti.cli.home import ROOT, Home, Trouble, say
from yilianti.cli.postgres.binaries import Binaries, account
from yilianti.cli.postgres.cluster import SUPERUSER, Cluster

#: What can be made again, is kept elsewhere, or must not lie beside the data (keys: `--keys-into`).
LEFT_OUT = {"venv", "postgres", "logs", "run", "backups", "pycache", "facts", "drill", "keys", "secret_key", "demo-accounts.json"}
ARCHIVED_SECONDS = 60


class Timed:
    """How long each step took."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextlib.contextmanager
    def step(self, name: str, said: str) -> Iterator[None]:
        started = time.monotonic()
        say(f"· {said} …")
        yield
        self.seconds[name] = round(time.monotonic() - started, 2)
        say(f"✓ {said}（{self.seconds[name]:.1f} 秒）")


def full(home: Home, place: Store, cluster: Cluster) -> dict[str, Any]:
    """Make one and return its manifest; whatever goes wrong, no half of it stays."""
    place.make()
    with place.alone():
        for left in place.full.glob(f"{DRAFT}*"):
            shutil.rmtree(left, ignore_errors=True)
        begin_archiving(place, cluster)
        name = place.next_id()
        draft = place.full / f"{DRAFT}{name}"
        draft.mkdir(mode=0o700)
        try:
            manifest = _into(draft, name, home, place, cluster)
            draft.rename(place.full / name)
        except OSError as error:
            raise Trouble(f"备份没有完成（{error.strerror or error}）；没有留下半份，请检查 {place.folder} 的空间后再试。") from error
        finally:
            shutil.rmtree(draft, ignore_errors=True)
        store.settle(place.full / name)
    return manifest | {"folder": str(place.full / name)}


def begin_archiving(place: Store, cluster: Cluster) -> None:
    """From here on every finished segment is kept; the running server must already hand them to this folder."""
    if user := account():
        for folder, mode in ((place.folder, 0o755), (place.wal, 0o700)):
            folder.chmod(mode)
        os.chown(place.wal, user.pw_uid, user.pw_gid)
    with psycopg.connect(cluster.url(SUPERUSER, "postgres"), autocommit=True) as connection:
        (command,) = connection.execute("SHOW archive_command").fetchone() or ("",)
        if str(place.wal) not in str(command):
            raise Trouble(f"运行中的数据库没有向 {place.wal} 归档；请设好 YILIANTI_BACKUP 后重新启动 ./run，再做备份。")
    cluster.marker.touch()


def _into(draft: Path, name: str, home: Home, place: Store, cluster: Cluster) -> dict[str, Any]:
    timed, point = Timed(), f"yilianti-{name}"
    with psycopg.connect(cluster.url(SUPERUSER), autocommit=True) as connection:
        (size,) = connection.execute("SELECT sum(pg_database_size(oid)) FROM pg_database").fetchone() or (0,)
    _enough_room(place, int(size))
    programs = cluster.programs()
    with timed.step("base", "复制数据库"):
        _base_backup(draft, cluster, programs)
    with timed.step("rows", "核计每张表的行数与哈希"), rows.frozen(cluster.url(SUPERUSER), point) as (reader, point):
        figures, files = rows.figures(reader), rows.files(reader)
        journal = _journal(reader)
        migrations = [f"{app}.{step}" for app, step in reader.execute("SELECT app, name FROM django_migrations ORDER BY 1, 2")]
    with timed.step("wal", "归档到这一时刻"):
        archived = archive_now(place, cluster)
    with timed.step("rest", "打包政策与文件"):
        pack_rest(home, draft / "home.tar.gz")
    parts = {path.name: {"bytes": path.stat().st_size, "sha256": store.sha256(path)} for path in sorted(draft.iterdir())}
    manifest = {
        "format": 1, "id": name, "kind": "physical", "made_at": time.strftime("%Y-%m-%dT%H:%M:%S%z"), "home": str(home.path), "machine": platform.node(),
        "postgres": {"major": programs.major, "source": programs.source}, "program": setup.fingerprint(), "version": version(),
        "restore_point": point, "archived_to_point": archived, "database_bytes": int(size), "journal": journal, "migrations": migrations,
        "parts": parts, "rows": figures, "files": files, "seconds": timed.seconds,
    }  # fmt: skip
    (draft / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")
    store.settle(draft)
    return manifest


def _enough_room(place: Store, size: int) -> None:
    free = shutil.disk_usage(place.folder).free
    if free < size // 3 + 64_000_000:
        raise Trouble(
            f"备份盘空间不足：{place.folder} 只剩 {free // 1_000_000} MB，约需 {(size // 3 + 64_000_000) // 1_000_000} MB；"
            "没有开始，已有备份未动。请腾出空间，或减少政策“备份与恢复演练”里保留的份数。"
        )


def _base_backup(draft: Path, cluster: Cluster, programs: Binaries) -> None:
    url = psycopg.conninfo.conninfo_to_dict(cluster.url(SUPERUSER, "postgres"))
    environ = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "PGPASSWORD": str(url["password"])}
    command = [programs.program("pg_basebackup"), "-D", str(draft), "-h", str(url["host"]), "-p", str(url["port"]), "-U", SUPERUSER, "-w"]
    command += ["-F", "t", "--compress=1", "-X", "stream", "--checkpoint=fast", "--manifest-checksums=SHA256", "--label=yilianti"]
    ended = subprocess.run(command, env=environ, capture_output=True, text=True, errors="replace")
    if ended.returncode != 0:
        said = ended.stderr.strip().splitlines()[-1:] or ["没有留下说明"]
        if "No space left" in ended.stderr:
            raise Trouble(f"备份盘已满：{draft.parent} 写不下；这一份已删除，已有备份未动。请腾出空间后再试。")
        raise Trouble(f"复制数据库没有完成（{said[0][-200:]}）；这一份已删除，已有备份未动。")


def _journal(reader: psycopg.Connection) -> dict[str, Any]:
    row = reader.execute("SELECT number, hash FROM kernel_journalseal ORDER BY number DESC LIMIT 1").fetchone()
    return {"sealed": row[0], "hash": row[1]} if row else {"sealed": 0, "hash": ""}


def archive_now(place: Store, cluster: Cluster) -> bool:
    """Close the open WAL segment and wait until it lies in the backup; False when archiving lags behind."""
    with psycopg.connect(cluster.url(SUPERUSER), autocommit=True) as connection:
        (segment,) = connection.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchone() or ("",)
    until = time.monotonic() + ARCHIVED_SECONDS
    while time.monotonic() < until:
        if (place.wal / f"{segment}.gz").exists():
            return True
        time.sleep(0.1)
    say(f"△ {ARCHIVED_SECONDS} 秒内 WAL 段 {segment} 没有归档完；全量备份本身完好，请查看 {cluster.log}。")
    return False


def pack_rest(home: Home, into: Path) -> None:
    """Policies, uploaded files, and whatever else a room keeps in the home."""
    with tarfile.open(into, "w:gz", compresslevel=1) as archive:
        for path in sorted(home.path.iterdir()):
            if path.name not in LEFT_OUT and not path.is_symlink():
                archive.add(path, arcname=path.name)


def keys(home: Home, into: Path, place: Store) -> Path:
    """What opens the data: kept in a folder of its own, never among the backups."""
    into = into.expanduser().resolve()
    if into == place.folder or place.folder in into.parents or home.path in into.parents or into == home.path:
        raise Trouble(f"密钥不能和数据放在一起：{into} 在备份目录或数据目录之内；请换到另一块介质，离线保管。")
    into.mkdir(parents=True, exist_ok=True, mode=0o700)
    target = into / f"yilianti-keys-{time.strftime('%Y%m%d-%H%M%S')}.tar"
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file, tarfile.open(fileobj=file, mode="w") as archive:
        for name in ("keys", "secret_key"):
            if (home.path / name).exists():
                archive.add(home.path / name, arcname=name)
    return target


def version() -> str:
    """The version of the program, and the commit where the tree is a clone."""
    told = ROOT / "VERSION"
    if told.exists():
        return told.read_text(encoding="utf-8").strip()
    with contextlib.suppress(OSError):
        asked = subprocess.run(["git", "-C", str(ROOT), "rev-parse", "--short=12", "HEAD"], capture_output=True, text=True)
        return asked.stdout.strip() or "unknown"
    return "unknown"

