"""A restore drill: the newest backup made to run somewhere else, its rows compared, the journal's chain recomputed, every step timed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

from yilianti.cli.backups import dumping, making, restoring, rows
from yilianti.cli.backups.making import Timed
from yilianti.cli.backups.restoring import Target
from yilianti.cli.backups.store import Store
from yilianti.cli.home import ROOT, Trouble, write_private
from yilianti.cli.postgres.cluster import SUPERUSER, Cluster

Report = dict[str, Any]


def drill(place: Store, folder: Path, *, name: str = "", living: Cluster | None = None, tell: Callable[[str], None] = lambda step: None) -> Report:
    """Restore into `folder`, compare, delete; the report is kept in the store and says `well` and, if not, `faults`.

    With a `living` cluster the comparison is with its rows of this minute, which proves the WAL as well; without one (another machine,
    a burnt server) it is with the figures that were kept with the backup.
    """
    place.make()
    with place.alone():
        manifest = place.one(name)
        report: Report = {"id": time.strftime("%Y%m%d-%H%M%S"), "backup": manifest["id"], "backup_made_at": manifest["made_at"], "database_bytes": manifest["database_bytes"]}
        timed, started = Timed(), time.monotonic()
        cluster = Cluster(folder / "postgres", log=folder / "drill.log")
        if cluster.folder.exists():
            raise Trouble(f"{cluster.folder} 已经存在；演练只用空目录，做完即删。请换一个 --into。")
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)
        try:
            tried = _tried if manifest["kind"] == "physical" else _loaded
            faults = tried(manifest, place, cluster, living, timed, tell, report)
        except Trouble as trouble:
            faults = [str(trouble)]
        finally:
            shutil.rmtree(cluster.folder, ignore_errors=True)
            cluster.log.unlink(missing_ok=True)
            if not any(folder.iterdir()):
                folder.rmdir()
        report |= {"well": not faults, "faults": faults[:20], "seconds": timed.seconds, "total_seconds": round(time.monotonic() - started, 1)}
        write_private(place.drills / f"{report['id']}.json", json.dumps(report, ensure_ascii=False, indent=1))
    return report


def _tried(
    manifest: dict[str, Any], place: Store, cluster: Cluster, living: Cluster | None, timed: Timed, tell: Callable[[str], None], report: Report
) -> list[str]:
    """(manifest, …) → faults: unpacked, rolled forward, compared."""
    expected, point = manifest["rows"], manifest["restore_point"]
    if living is not None:
        tell("记下现在的行数与哈希")
        with timed.step("freeze", "记下此刻每张表的行数与哈希"):
            point = f"yilianti-drill-{report['id']}"
            with rows.frozen(living.url(SUPERUSER), point) as (reader, point):
                expected = rows.figures(reader)
            if not making.archive_now(place, living):
                raise Trouble("归档落后，演练拿不到此刻之前的日志；请先看“运行状态”页的归档一栏。")
    report |= {"compared_with": "living" if living else "manifest", "tables": len(expected), "rows": sum(f["rows"] or 0 for f in expected.values())}
    tell("核对备份文件")
    with timed.step("check", "核对备份文件的哈希"):
        damaged = restoring.part_faults(manifest)
    tell("解包")
    programs = restoring.programs_for(manifest)
    with timed.step("unpack", "解包到另一目录"):
        data = restoring.unpack(manifest, place, cluster)
    with timed.step("verify", "逐个核对数据文件"):
        damaged += restoring.check_data(manifest, data, programs)
    if damaged:
        return damaged
    tell("重放日志")
    started = time.monotonic()
    with timed.step("stage", "取出归档日志"):
        report["segments"] = restoring.stage_wal(manifest, place, data)
    with restoring.recovered(cluster, data, programs, Target(point=point)) as url:
        timed.seconds["recover"] = round(time.monotonic() - started - timed.seconds["stage"], 2)
        return _compared(expected, url, timed, tell)


def _loaded(
    manifest: dict[str, Any], place: Store, cluster: Cluster, living: Cluster | None, timed: Timed, tell: Callable[[str], None], report: Report
) -> list[str]:
    """The same for a dump: into an empty server of our own, compared with the figures of its snapshot."""
    report |= {"compared_with": "manifest", "tables": len(manifest["rows"]), "rows": sum(f["rows"] or 0 for f in manifest["rows"].values())}
    tell("核对备份文件")
    with timed.step("check", "核对备份文件的哈希"):
        if damaged := restoring.part_faults(manifest):
            return damaged
    tell("装入另一个数据库")
    cluster.durable = False
    try:
        with timed.step("recover", "装入另一个数据库"):
            dumping.load(manifest, cluster)
        return _compared(manifest["rows"], cluster.url(SUPERUSER), timed, tell)
    finally:
        cluster.stop()


def _compared(expected: rows.Figures, url: str, timed: Timed, tell: Callable[[str], None]) -> list[str]:
    tell("逐表比对")
    with timed.step("compare", "逐表比对行数与哈希"), psycopg.connect(url) as restored:
        said = rows.differences(expected, rows.figures(restored))
    tell("核对日志链")
    with timed.step("journal", "核对业务日志的哈希链"):
        return said + _journal(url)


def _journal(url: str) -> list[str]:
    environ = {**os.environ, "DATABASE_URL": url, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), *sys.path]), "DJANGO_SETTINGS_MODULE": "yilianti.config.settings"}
    # A copy ends earlier than the living journal that the anchors of this home speak of.
    ended = subprocess.run([sys.executable, "-m", "yilianti.cli", "verify-journal", "--chain-only"], env=environ, cwd="/", capture_output=True, text=True)
    return [] if ended.returncode == 0 else [f"业务日志链：{(ended.stdout + ended.stderr).strip().splitlines()[-1][:300]}"]
