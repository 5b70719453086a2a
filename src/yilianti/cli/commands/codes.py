"""./yilianti codes import FILE: load a complete code table for a consortium."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

SUMMARY: str = "装入完整的编码目录（诊断）：codes import 文件"
SHOWN_ERRORS = 20


def main(argv: list[str]) -> int:
    args = _parser().parse_args(argv)
    from yilianti.policybook import PolicyError
    from yilianti.policybook.importing import ImportRefused

    try:
        return _import(args)
    except (ImportRefused, PolicyError) as refusal:
        print(f"✗ {refusal}", file=sys.stderr)
        return 1


def _import(args: argparse.Namespace) -> int:
    from yilianti import policybook
    from yilianti.cli import home
    from yilianti.kernel.actor import Scope
    from yilianti.policybook import importing

    today = date.today()  # noqa: DTZ011 - the day at the keyboard is the day meant
    here = home.current().path
    shelf = policybook.open_at(here)
    assert shelf.local is not None
    consortium = args.consortium or _only_consortium(shelf.shipped / "local", shelf.local)
    table = importing.read_table(args.file, args.code_column, args.name_column)
    try:
        day = max(today, args.effective_from or today)
        current = policybook.catalogue(f"catalogues.{args.catalogue}", day, Scope(consortium))
    except policybook.NoPolicyInForce:
        current = None
    change = importing.compare(table.pairs, current)
    print(f"文件：{args.file.name}　可用 {len(table.pairs)} 行，重复 {table.repeated} 行，有错 {len(table.errors)} 行")
    print(f"与现行目录相比：新增 {change.new}，改名 {change.renamed}，不变 {change.unchanged}，不再列出 {change.gone}")
    for error in table.errors[:SHOWN_ERRORS]:
        print(f"  第 {error.row} 行：{error.sentence}")
    if len(table.errors) > SHOWN_ERRORS:
        print(f"  ……另有 {len(table.errors) - SHOWN_ERRORS} 行")
    if table.errors and not args.skip_errors:
        print("✗ 没有写入。请改正上列各行，或加 --skip-errors 跳过它们。", file=sys.stderr)
        return 1
    if not table.pairs:
        print("✗ 没有可用的行；请核对文件与列名。", file=sys.stderr)
        return 1
    if current is not None and not (change.new or change.renamed or change.gone):
        print(f"✓ 与现行目录相同（{current.policy_ref}），无需写入。")
        return 0
    if args.dry_run:
        print("预览结束，没有写入。")
        return 0
    target = importing.Target(
        shelf.local, consortium, args.catalogue, args.effective_from or today, args.source or args.file.name
    )
    ref = importing.write(target, importing.spell(table.pairs, current, _progress), today)
    shelf.refresh()
    print(f"✓ 已写入 {ref}：{len(table.pairs)} 条；正在运行的平台几秒内即用新目录。")
    return 0


def _progress(done: int, whole: int) -> None:
    if sys.stdout.isatty():
        print(f"\r  计算拼音首字母 {done}/{whole}", end="\n" if done == whole else "", flush=True)
    elif done == whole or done % 10000 == 0:
        print(f"  计算拼音首字母 {done}/{whole}", flush=True)


def _only_consortium(*folders: Path) -> str:
    from yilianti.policybook.importing import ImportRefused
    from yilianti.policybook.places import SAMPLE

    known = sorted({path.name for folder in folders if folder.is_dir() for path in folder.iterdir() if path.is_dir() and not path.name.startswith(SAMPLE)})
    if len(known) != 1:
        raise ImportRefused(f"请用 --consortium 指明医共体代码（已知：{'、'.join(known) or '无'}）。")
    return known[0]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./yilianti codes", description=SUMMARY)
    commands = parser.add_subparsers(dest="command", required=True, metavar="命令")
    load = commands.add_parser("import", help="装入一个 CSV 文件")
    load.add_argument("file", type=Path, metavar="文件", help="CSV（UTF-8 或 GB18030），第一行是列名")
    load.add_argument("--catalogue", default="diagnoses", choices=["diagnoses"], help="目录，默认 diagnoses")
    load.add_argument("--consortium", default="", help="医共体代码；只有一个时可省略")
    load.add_argument("--code-column", default="", help="编码所在列的列名")
    load.add_argument("--name-column", default="", help="名称所在列的列名")
    load.add_argument("--effective-from", type=date.fromisoformat, help="生效日期，如 2026-12-01；默认今天")
    load.add_argument("--source", default="", help="来源文件的名称，记入版本；默认文件名")
    load.add_argument("--skip-errors", action="store_true", help="跳过有错的行")
    load.add_argument("--dry-run", action="store_true", help="只预览，不写入")
    return parser
