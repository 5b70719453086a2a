"""./yilianti policies: check the policy files, lock editions in force, list what holds."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from yilianti.policybook.shelf import Shelf

SUMMARY: str = "政策文件：check 核对，lock 锁定已生效版本，list 列出现行"


def main(argv: list[str]) -> int:
    args = _parser().parse_args(argv)
    from yilianti import policybook
    from yilianti.cli import home

    shelf = policybook.open_at(home.current().path)
    try:
        shelf.refresh()
        return int({"check": _check, "lock": _lock, "list": _list}[args.command](shelf, args))
    except policybook.PolicyError as error:
        print(f"✗ {error.zh}", file=sys.stderr)
        return 1


def _check(shelf: Shelf, args: argparse.Namespace) -> int:
    from yilianti.policybook import fingerprints

    unlocked = [
        edition for lock, editions in shelf.locks() for edition in fingerprints.missing(lock, editions, args.day)
    ]
    for edition in unlocked:
        print(f"  未锁定：{edition.policy_ref}（{edition.head.path}）")
    overdue = sorted({(e.head.next_review, str(e.head.path)) for e in shelf.book() if e.head.next_review < args.day})
    for day, path in overdue:
        print(f"  应复核：{path}（{day.isoformat()} 到期）")
    if unlocked:
        print("✗ 有已生效而未锁定的版本；请运行 ./yilianti policies lock。", file=sys.stderr)
        return 1
    print(f"✓ {len(shelf.book())} 个版本，{len(shelf.book().codes())} 项政策，均有效；应复核 {len(overdue)} 项。")
    return 0


def _lock(shelf: Shelf, args: argparse.Namespace) -> int:
    from yilianti.policybook import fingerprints

    added = 0
    for lock, editions in shelf.locks():
        fresh = fingerprints.missing(lock, editions, args.day)
        if fresh:
            fingerprints.add(lock, fresh)
        for edition in fresh:
            print(f"  + {edition.policy_ref}")
        added += len(fresh)
    print(f"✓ 新锁定 {added} 个版本；已有的没有改动。")
    return 0


def _list(shelf: Shelf, args: argparse.Namespace) -> int:
    from yilianti.kernel.actor import Scope

    for standing in shelf.book().survey(args.day, Scope(args.consortium, args.region)):
        edition = standing.in_force
        print(
            f"  {standing.code:<52}  {edition.policy_ref.partition('@')[2] + ' ' + edition.status.zh if edition else '（当日无）'}"
        )
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./yilianti policies", description=SUMMARY)
    parser.add_argument("command", choices=["check", "lock", "list"], help="check 核对 · lock 锁定 · list 列出")
    parser.add_argument("--day", type=date.fromisoformat, default=date.today(), help="按哪一天，默认今天")  # noqa: DTZ011
    parser.add_argument("--consortium", default="", help="list：医共体代码")
    parser.add_argument("--region", default="", help="list：区划代码（GB/T 2260）")
    return parser
