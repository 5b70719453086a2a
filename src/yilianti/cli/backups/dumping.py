"""A logical dump of a database that is not ours to copy: everything its owner may read, in pg_dump's own format, and its way back."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import psycopg

from yilianti.cli import database
from yilianti.cli.backups import making, rows, store
from yilianti.cli.backups.store import DRAFT, Store
from yilianti.cli.home import Home, Trouble
from yilianti.cli.postgres import Cluster, binaries
from yilianti.cli.postgres.binaries import Binaries
from yilianti.cli.postgres.cluster import OWNER


def dump(home: Home, place: Store, url: str) -> dict[str, Any]:
    """pg_dump into the store; physical backups and WAL of a foreign server are its operator's."""
    with psycopg.connect(url) as connection:
        server = connection.info.server_version // 10_000
        size = connection.execute("SELECT pg_database_size(current_database())").fetchone() or (0,)
    programs = programs_for(server)
    place.make()
    with place.alone():
        name = place.next_id()
        draft = place.full / f"{DRAFT}{name}"
        draft.mkdir(mode=0o700)
        try:
            figures = _into(draft, home, url, programs)
            parts = {path.name: {"bytes": path.stat().st_size, "sha256": store.sha256(path)} for path in sorted(draft.iterdir())}
            manifest = {"format": 1, "id": name, "kind": "logical", "made_at": time.strftime("%Y-%m-%dT%H:%M:%S%z"), "version": making.version(),
                        "postgres": {"major": server}, "database_bytes": int(size[0]), "parts": parts, "rows": figures}  # fmt: skip
            (draft / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")
            store.settle(draft)
            draft.rename(place.full / name)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return manifest | {"folder": str(place.full / name)}


def programs_for(server: int) -> Binaries:
    """Programs that can read and write dumps of that major version."""
    wanted = [chosen] if (chosen := database.forced()) else ["system", "wheel"]
    found = next((b for source in wanted for b in binaries.available(source) if b.major >= server), None)
    if found is None:
        raise Trouble(f"本机没有能备份 PostgreSQL {server} 的 pg_dump；请安装 postgresql-client-{server}，或由数据库管理员做物理备份。")
    return found


def _into(draft: Path, home: Home, url: str, programs: Binaries) -> rows.Figures:
    """The dump and the figures of its rows, both of one snapshot."""
    with psycopg.connect(url) as reader:
        reader.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        (snapshot,) = reader.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
        run(programs, "pg_dump", url, ["-Fc", "-Z1", f"--snapshot={snapshot}", "-f", str(draft / "database.dump")])
        figures = rows.figures(reader)
    making.pack_rest(home, draft / "home.tar.gz")
    return figures


def load(manifest: dict[str, Any], cluster: Cluster) -> None:
    """Make the cluster and fill it; it runs afterwards. Tables belong to the owner, rights come with the next migrate."""
    programs = programs_for(int(manifest["postgres"]["major"]))
    cluster.make(programs.source)
    cluster.start()
    run(programs, "pg_restore", cluster.url(OWNER), ["-O", "-x", "--exit-on-error", str(Path(manifest["folder"], "database.dump"))])


def run(programs: Binaries, program: str, url: str, words: list[str]) -> None:
    """One of PostgreSQL's programs on a database; the password goes by the environment, where no process list shows it."""
    known = psycopg.conninfo.conninfo_to_dict(url)
    environ = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "PGPASSWORD": str(known.pop("password", "") or "")}
    command = [programs.program(program), "-w", "-d", psycopg.conninfo.make_conninfo("", **known), *words]
    ended = subprocess.run(command, env=environ, capture_output=True, text=True, errors="replace")
    if ended.returncode != 0:
        if "No space left" in ended.stderr:
            raise Trouble("磁盘已满，没有留下半份；请腾出空间后再试。")
        said = (ended.stderr.strip().splitlines() or ["没有留下说明"])[0]
        raise Trouble(f"{program} 没有完成（{said[-200:]}）。")
