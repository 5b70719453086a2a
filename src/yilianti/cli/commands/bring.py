"""./yilianti bring KIND FILE --as ACCOUNT: a table brought without a browser, looked at first; for a hospital's nightly export."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from yilianti.cli import django_ready

SUMMARY: str = "导入一张表：bring 种类 文件 --as 账号（先预览；加 --write 写入）"
_SHOWN = 30


def main(argv: list[str]) -> int:
    """0 when every row is good (and, with --write, written); 1 when rows are at fault, and then only what --write good allows is written; 2 for a file, a kind or an account that is refused."""
    args = _parser().parse_args(argv)
    django_ready()
    from yilianti.kernel.finding import Refused

    try:
        return _brought(args.kind, args.file, args.account, args.write)
    except Refused as refusal:
        print(f"✗ {refusal.zh}", file=sys.stderr)
    except OSError as trouble:
        print(f"✗ {trouble.filename or args.file}：{trouble.strerror}；请核对文件名和读取权限。", file=sys.stderr)
    print("✗ 没有写入任何内容。", file=sys.stderr)
    return 2


def _brought(kind: str, path: Path, username: str, write: str) -> int:
    from django.utils import timezone

    from yilianti.kernel.finding import Refused
    from yilianti.registry.access import api as access
    from yilianti.registry.imports import actions, kinds, working
    from yilianti.registry.imports.models import Import
    from yilianti.registry.imports.terms import State

    at = timezone.now()
    if kind not in kinds.every():
        raise Refused("unknown_kind", f"没有“{kind}”这种表；可用：{'、'.join(f'{key}（{kinds.title(key)}）' for key in kinds.every())}。")
    account = access.account_named(username)
    actor = access.actor_for(account, at) if account else None
    if actor is None:
        raise Refused("unknown_account", f"没有账号“{username}”，或它现在不能登录；请核对 --as。")
    with path.open("rb") as source:
        one = actions.bring(actor=actor, kind=kind, file_name=path.name, source=source, at=at)
    working.read(one.pk, actor, at)
    one = Import.objects.get(pk=one.pk)
    if one.state == State.MAPPING:
        raise Refused("columns", f"有些列认不出来；请先在网页“批量导入”里打开这次导入（编号 {one.pk}），告诉平台哪一列是什么，下次就记得了。")
    if one.state != State.READY:
        raise Refused("not_read", one.refusal or State.label(one.state))
    faults = _told(one)
    if write and one.counts["new"] + one.counts["changed"] and not (faults and write == "whole"):
        actions.begin(actor=actor, import_id=one.pk, whole_or_nothing=write == "whole", at=at)
        working.apply(one.pk, actor, at)
        one = Import.objects.get(pk=one.pk)
        print(f"{'✓' if one.state == State.DONE else '✗'} {State.label(one.state)}：新增 {one.counts['new']}，更改 {one.counts['changed']}，有误 {one.counts['error']}。{one.refusal}")
        return int(one.state != State.DONE or bool(one.counts["error"]))
    print(f"没有写入；在网页“批量导入”里可以看到这次预览（编号 {one.pk}）。")
    return int(bool(faults))


def _told(one: object) -> int:
    """Print what the file would do, and the rows at fault; how many these are."""
    from yilianti.registry.imports.models import Import

    assert isinstance(one, Import)
    counts = one.counts
    print(f"{one.file_name}：新增 {counts['new']}，更改 {counts['changed']}，无变化 {counts['unchanged']}，有误 {counts['error']}")
    for row in one.rows.filter(verdict="error").order_by("number")[:_SHOWN]:
        print(f"✗ 第 {row.number} 行：" + "；".join(f"{fault['column']}“{fault['value']}”：{fault['sentence']}" for fault in row.faults), file=sys.stderr)
    if counts["error"] > _SHOWN:
        print(f"  ……另有 {counts['error'] - _SHOWN} 行", file=sys.stderr)
    return int(counts["error"])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./yilianti bring", description=SUMMARY)
    parser.add_argument("kind", metavar="种类", help="如 settlements（费用结算）、charges（费用明细）、residents（居民）")
    parser.add_argument("file", type=Path, metavar="文件", help=".xlsx 或 .csv")
    parser.add_argument("--as", dest="account", required=True, metavar="账号", help="以谁的名义、用谁的权限")
    parser.add_argument("--write", choices=("good", "whole"), default="", help="good：写入无误的行；whole：有一行有误就都不写")
    return parser
