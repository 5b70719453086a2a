"""A logical dump of a database that is not ours to copy: everything its owner may read, in pg_dump's own format."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from typing import Any

import psycopg

from yilianti.cli.backups import making, store
from yilianti.cli.backups.store import DRAFT, Store
from yilianti.cli.home import Home, Trouble
from yilianti.cli.postgres import binaries


def dump(home: Home, place: Store, url: str) -> dict[str, Any]:
    """pg_dump into the store; physical backups and WAL of a foreign server are its operator's."""
    with psycopg.connect(url) as connection:
        server = connection.info.server_version // 10_000
    programs = next((b for source in ("system", "wheel") for b in binaries.available(source) if b.major >= server), None)
    if programs is None:
        raise Trouble(f"本机没有能备份 PostgreSQL {server} 的 pg_dump；请安装 postgresql-client-{server}，或由数据库管理员做物理备份。")
    place.make()
    with place.alone():
        name = time.strftime("%Y%m%d-%H%M%S")
        draft = place.full / f"{DRAFT}{name}"
        draft.mkdir(mode=0o700)
        try:
            parts = _into(draft, home, url, programs)
            manifest = {"format": 1, "id": name, "kind": "logical", "made_at": time.strftime("%Y-%m-%dT%H:%M:%S%z"), "version": making.version(),
                        "postgres": {"major": server}, "parts": parts}  # fmt: skip
            (draft / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")
            store.settle(draft)
            draft.rename(place.full / name)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return manifest | {"folder": str(place.full / name)}


def _into(draft: Any, home: Home, url: str, programs: binaries.Binaries) -> dict[str, Any]:
    known = psycopg.conninfo.conninfo_to_dict(url)
    environ = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "PGPASSWORD": str(known.pop("password", "") or "")}
    command = [programs.program("pg_dump"), "-Fc", "-Z1", "-w", "-f", str(draft / "database.dump"), "-d", psycopg.conninfo.make_conninfo("", **known)]
    ended = subprocess.run(command, env=environ, capture_output=True, text=True, errors="replace")
    if ended.returncode != 0:
        said = (ended.stderr.strip().splitlines() or ["没有留下说明"])[-1]
        full = "No space left" in ended.stderr
        raise Trouble("备份盘已满，这一份已删除；请腾出空间后再试。" if full else f"导出没有完成（{said[-200:]}）；这一份已删除。")
    making.pack_rest(home, draft / "home.tar.gz")
    return {path.name: {"bytes": path.stat().st_size, "sha256": store.sha256(path)} for path in sorted(draft.iterdir())}
