"""Back up this installation: database, policies and files; with --keys-into the keys, apart."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from yilianti import policybook
from yilianti.cli import home as homes
from yilianti.cli.backups import dumping, keeping, making, noting, reaching, store

SUMMARY: str = "备份：全量 + 连续归档；--keys-into 另存密钥，--list 列出已有备份"


def main(argv: list[str]) -> int:
    """Make a full backup (WAL follows by itself), then remove what the policy no longer keeps."""
    parser = argparse.ArgumentParser(prog="./yilianti backup", description=SUMMARY)
    parser.add_argument("--list", action="store_true", help="列出备份，不做新的")
    parser.add_argument("--keys-into", metavar="目录", help="只把密钥另存到这个目录（必须在另一块介质上，离线保管）")
    parser.add_argument("--logical", action="store_true", help="只做逻辑导出（pg_dump），用于换 PostgreSQL 大版本")
    chosen = parser.parse_args(argv)
    home = homes.current()
    place = store.of(home)
    if chosen.list:
        return _list(place)
    if chosen.keys_into:
        print(f"✓ 密钥已另存为 {making.keys(home, Path(chosen.keys_into), place)}；请离线保管，不要与备份放在一起。")
        return 0
    with reaching.installation(home) as (addresses, cluster), noting.noted(addresses.application, "backup") as kept:
        made = making.full(home, place, cluster) if cluster and not chosen.logical else dumping.dump(home, place, addresses.owner)
        size = sum(part["bytes"] for part in made["parts"].values())
        gone = keeping.prune(place, policybook.of_this_installation("operations.backup", date.today()).fulls_kept)  # noqa: DTZ011  the machine's own day
        same_disk = store.same_disk(home, place)
        kept["detail"] = {"id": made["id"], "kind": made["kind"], "bytes": size, "seconds": made.get("seconds", {}), "removed": len(gone), "same_disk": same_disk}
        if made.get("archived_to_point") is False:
            kept |= {"well": False, "said": "全量备份完好，但连续归档落后，最近的变动还只在本机磁盘上"}
    print(f"✓ 备份 {made['id']}：{size / 1e6:.1f} MB，在 {made['folder']}")
    if cluster is None:
        print("△ 数据库在别的服务器上：这里只做了逻辑导出（pg_dump）。物理备份与连续归档由那台服务器的管理员负责。")
    if same_disk:
        print(f"△ 备份与数据在同一块磁盘（{place.folder}）：磁盘损坏会同时失去两者。请用 YILIANTI_BACKUP 指到另一块磁盘或另一台机器。")
    if any((home.path / name).exists() for name in ("keys", "secret_key")):
        print("△ 密钥不在这份备份里（有意如此）；请用 ./yilianti backup --keys-into <另一介质> 单独保管。")
    return 0


def _list(place: store.Store) -> int:
    for manifest in place.manifests():
        size = sum(part["bytes"] for part in manifest["parts"].values())
        print(f"{manifest['id']}  {manifest['kind']}  {size / 1e6:8.1f} MB  {manifest['made_at']}  {manifest['version']}")
    segments = place.segments()
    print(f"归档日志 {len(segments)} 段" + (f"，最后一段 {segments[-1]}" if segments else "") + f"；目录 {place.folder}")
    return 0
