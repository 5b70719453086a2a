"""Restore a backup into a directory: to the last moment archived, to a given moment, or to the moment of the backup."""

from __future__ import annotations

import argparse
import tarfile
from datetime import datetime
from pathlib import Path
from typing import Any

from yilianti.cli import database
from yilianti.cli import home as homes
from yilianti.cli.backups import dumping, restoring, store
from yilianti.cli.backups.restoring import Target
from yilianti.cli.home import Home, Trouble, say

SUMMARY: str = "从备份恢复到一个目录，可指定时刻：--into 目录 [--until 时间]"


def main(argv: list[str]) -> int:
    """Restore; a directory with data in it is refused unless --overwrite and its name typed."""
    parser = argparse.ArgumentParser(prog="./yilianti restore", description=SUMMARY)
    parser.add_argument("--from", dest="source", metavar="备份目录", help="默认是本机的备份目录")
    parser.add_argument("--backup", default="", metavar="编号", help="用哪一份全量备份；默认最新的、早于 --until 的一份")
    parser.add_argument("--into", required=True, metavar="目录", help="恢复成哪个数据目录（YILIANTI_HOME）")
    parser.add_argument("--until", default="", metavar="时间", help="恢复到这一时刻，例如 '2026-11-26 08:30:00'（不写时区则为本机时区）")
    parser.add_argument("--at-backup", action="store_true", help="恢复到全量备份完成的时刻，不重放其后的日志")
    parser.add_argument("--overwrite", action="store_true", help="目录里已有数据时，改名留存旧数据后恢复（要输入目录名确认）")
    parser.add_argument("--keys-from", metavar="文件", help="同时放回单独保管的密钥（backup --keys-into 的产物）")
    chosen = parser.parse_args(argv)
    place = store.Store(Path(chosen.source).expanduser().resolve()) if chosen.source else store.of(homes.current())
    into = Home(Path(chosen.into).expanduser().resolve())
    until = _moment(chosen.until)
    manifest = place.one(chosen.backup or _before(place, until))
    if chosen.overwrite:
        _confirm(into.path)
    place.make()
    if manifest["kind"] == "logical":
        return _load(manifest, into, until)
    target = Target(point=manifest["restore_point"]) if chosen.at_backup else Target(until=until.isoformat() if until else "")
    with place.alone():
        took = restoring.into_home(manifest, place, into, target, overwrite=chosen.overwrite)
    if chosen.keys_from:
        with tarfile.open(chosen.keys_from) as archive:
            store.extract(archive, into.path)
    say(f"✓ 备份 {manifest['id']} 已恢复到 {into.path}（解包 {took['unpack']} 秒，重放 {took['recover']} 秒）")
    say(f"  启动它：YILIANTI_HOME={into.path} ./run　　核对：YILIANTI_HOME={into.path} ./yilianti verify-journal")
    return 0


def _load(manifest: dict[str, Any], into: Home, until: datetime | None) -> int:
    """A dump becomes an embedded cluster of its own; it knows no moment but that of its snapshot."""
    if until is not None:
        raise Trouble(f"备份 {manifest['id']} 是逻辑导出，只能恢复到导出的时刻；请去掉 --until。")
    into.make()
    cluster = database.cluster_of(into)
    if cluster.made:
        raise Trouble(f"{into.path} 里已有数据；逻辑导出只装入空目录。")
    lock = database.hold(into)
    try:
        dumping.load(manifest, cluster)
    finally:
        cluster.stop()
        lock.close()
    with tarfile.open(Path(manifest["folder"], "home.tar.gz")) as archive:
        store.extract(archive, into.path)
    say(f"✓ 逻辑导出 {manifest['id']} 已装入 {into.path}；启动它：YILIANTI_HOME={into.path} ./run")
    return 0


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        given = datetime.fromisoformat(text)
    except ValueError as error:
        raise Trouble(f"--until 应形如 '2026-11-26 08:30:00'，现在是“{text}”。") from error
    return given.astimezone()


def _before(place: store.Store, until: datetime | None) -> str:
    """The newest backup that was whole before that moment."""
    if until is None:
        return ""
    whole = [m["id"] for m in place.manifests() if datetime.strptime(m["made_at"], "%Y-%m-%dT%H:%M:%S%z") <= until]
    if not whole:
        raise Trouble(f"没有早于 {until:%Y-%m-%d %H:%M:%S} 的全量备份；最早的一份见 ./yilianti backup --list。")
    return str(whole[-1])


def _confirm(path: Path) -> None:
    say(f"△ 将用备份替换 {path} 中的数据（旧数据改名留存在 {path}/postgres/data.before-…）。")
    say(f"  确认请输入目录名“{path.name}”：")
    try:
        typed = input().strip()
    except EOFError:
        typed = ""
    if typed != path.name:
        raise Trouble("输入与目录名不符，没有恢复，什么也没有改动。")
