"""Bringing a database up to this version with a way back: checked first, backed up, changed, examined."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from yilianti.cli import checks, home
from yilianti.cli.backups import dumping, making, noting, store
from yilianti.cli.backups.store import Store
from yilianti.cli.database import Addresses
from yilianti.cli.home import ROOT, Home, Trouble, say, step
from yilianti.cli.postgres import Cluster

PLAN = """import django; django.setup()
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
executor = MigrationExecutor(connection)
for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes()): print(migration)"""


def plan(url: str) -> list[str]:
    """Migrations that this version would apply, in order."""
    ended = _python(["-c", PLAN], url)
    if ended.returncode != 0:
        raise Trouble(f"看不出要更新什么（{(ended.stderr.strip().splitlines() or ['没有留下说明'])[-1][-200:]}）；数据未动。")
    return ended.stdout.split("\n")[:-1]


def upgrade(place: Home, addresses: Addresses, cluster: Cluster | None) -> int:
    """Do it: 0 when the database is of this version and healthy. Trouble ends with the command that leads back."""
    pending = plan(addresses.owner)
    if not pending:
        say("✓ 数据库结构已是这一版本，没有要做的。")
        return 0
    say(f"要做 {len(pending)} 步更新：")
    for name in pending:
        say(f"  {name}")
    checks.disk(place, making=True)
    backups: Store = store.of(place)
    made = making.full(place, backups, cluster) if cluster else dumping.dump(place, backups, addresses.owner)
    with noting.noted(addresses.application, "upgrade") as kept:
        kept["detail"] = {"backup": made["id"], "steps": pending, "version": making.version()}
        try:
            with step("更新数据库结构"):
                _must(["-m", "yilianti.cli", "migrate"], addresses.owner)
            with step("核对更新后的数据库"):
                _must(["-m", "yilianti.cli", "doctor"], addresses.application)
                _must(["-m", "yilianti.cli", "verify-journal"], addresses.application)
        except Trouble as trouble:
            raise Trouble(f"{trouble}{way_back(place, made)}") from trouble
        kept["said"] = f"{len(pending)} 步更新，之前的备份是 {made['id']}"
    say(f"✓ 已更新到 {making.version()}。不满意时{way_back(place, made).strip()}")
    return 0


def way_back(place: Home, made: dict[str, Any]) -> str:
    """The one command that returns to the backup made before."""
    folder = Path(made["folder"]).parent.parent
    if made["kind"] == "logical":
        return f"\n  退回更新之前：由数据库管理员用 pg_restore 装回 {made['folder']}/database.dump，再用旧版本启动。"
    return (
        "\n  退回更新之前（停掉平台、换回旧版本的程序后执行）："
        f"\n  ./yilianti restore --from {folder} --backup {made['id']} --at-backup --into {place.path} --overwrite"
    )


def _must(words: list[str], url: str) -> None:
    ended = _python(words, url)
    if ended.returncode != 0:
        grave = [line for line in (ended.stdout + ended.stderr).splitlines() if line.startswith("✗") or "Error" in line]
        raise Trouble(f"{words[-1]} 没有通过（{(grave or ['没有留下说明'])[-1][-300:]}）。")


def _python(words: list[str], url: str) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "DATABASE_URL": url, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), *sys.path]), "DJANGO_SETTINGS_MODULE": "yilianti.config.settings",
               "YILIANTI_HOME": str(home.current().path)}  # fmt: skip
    return subprocess.run([sys.executable, *words], env=environ, cwd="/", capture_output=True, text=True)
