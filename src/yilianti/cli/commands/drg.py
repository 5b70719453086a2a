"""./yilianti drg import | group | why: CHS-DRG by tables that a county imports. No database is asked."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from yilianti.settlement.claims.grouping.engine import Engine

SUMMARY: str = "DRG 分组：drg import 目录 --scheme 名称；drg group --scheme 名称 --in 病案.csv --out 结果.csv；drg why"
_SHOWN = 30


def main(argv: list[str]) -> int:
    """0 when done; 2 when tables, cases or arguments are refused, and then nothing has been written."""
    from yilianti.settlement.claims import grouping

    args = _parser().parse_args(argv)
    try:
        return int(args.run(args))
    except (grouping.SchemeRefused, grouping.CasesRefused) as refusal:
        _say(refusal.faults, getattr(refusal, "more", 0))
        print("✗ 没有写入任何内容。", file=sys.stderr)
        return 2
    except OSError as trouble:
        print(f"✗ {trouble.filename}：{trouble.strerror}；请核对文件名和读写权限。", file=sys.stderr)
        return 2


def _import(args: argparse.Namespace) -> int:
    from yilianti.settlement.claims import grouping

    scheme = grouping.read_folder(args.folder, args.scheme)
    path = grouping.keep(scheme, _folder())
    print(f"✓ {scheme.title} 已装入为“{scheme.name}”：{len(scheme.mdc)} 个 MDC，{len(scheme.adrg)} 个 ADRG，{len(scheme.drg_codes)} 个组；指纹 {scheme.fingerprint[:16]}")
    print(f"  {path}")
    return 0


def _group(args: argparse.Namespace) -> int:
    from yilianti.settlement.claims import grouping

    if args.source.resolve() == args.target.resolve():
        raise grouping.CasesRefused(["--in 与 --out 是同一个文件；请另写一个结果文件名。"])
    counts = grouping.group_file(args.source, args.target, _engine(args.scheme))
    print(f"✓ {args.target}：{sum(counts.values())} 份病案")
    for status, count in counts.items():
        if count:
            print(f"  {status} {count}")
    return 0


def _why(args: argparse.Namespace) -> int:
    from yilianti.settlement.claims import grouping

    engine = _engine(args.scheme)
    case = grouping.case_of(args.source, args.id, engine)
    told = grouping.why(engine, case)
    names = engine.scheme
    print(f"{case.id}：{told.grouped.status} {told.grouped.mdc} {told.grouped.adrg} {told.grouped.drg} {names.name_of(told.grouped.drg)}".rstrip())
    for step in told.steps:
        print(f"  {'✓' if step.held else '·'} {step.code} {step.said}")
    for one in told.secondary:
        print(f"  其他诊断 {one.code}：{one.kind}{'' if one.counts else '，与主要诊断互斥，不计'}")
    print("改变一处，会在别的组（只供核对病案，不是编码建议）：")
    for other in grouping.alternatives(engine, case):
        print(f"  {other.grouped.drg or other.grouped.status} {names.name_of(other.grouped.drg)}：{other.change}")
    return 0


def _engine(name: str) -> Engine:
    from yilianti.settlement.claims import grouping

    return grouping.Engine(grouping.opened(_folder(), name))


def _folder() -> Path:
    from yilianti.cli import home

    return home.current().path / "drg"


def _say(faults: list[str], more: int) -> None:
    for fault in faults[:_SHOWN]:
        print(f"✗ {fault}", file=sys.stderr)
    rest = len(faults[_SHOWN:]) + more
    if rest:
        print(f"  ……另有 {rest} 处", file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./yilianti drg", description=SUMMARY)
    parts = parser.add_subparsers(required=True, metavar="做什么")
    importing = parts.add_parser("import", help="装入一个分组方案的各张表（mdc.json、adrg.json 和各 CSV）")
    importing.add_argument("folder", type=Path, metavar="目录")
    importing.set_defaults(run=_import)
    group = parts.add_parser("group", help="给一个病案文件分组")
    group.add_argument("--out", dest="target", type=Path, required=True, metavar="结果.csv")
    group.set_defaults(run=_group)
    why = parts.add_parser("why", help="一份病案为什么在这一组，改变什么会在别的组")
    why.add_argument("--id", required=True, metavar="病案号")
    why.set_defaults(run=_why)
    for part in (group, why):
        part.add_argument("--in", dest="source", type=Path, required=True, metavar="病案.csv", help="列：id,gender,age,age_days,weight_g,los,discharge_type,dx,op；dx 和 op 用 | 分隔，第一个是主要的")
    for part in (importing, group, why):
        part.add_argument("--scheme", required=True, type=_name, metavar="名称")
    return parser


def _name(text: str) -> str:
    if not text.replace("-", "").replace("_", "").replace(".", "").isalnum() or not text[0].isalnum() or len(text) > 40:
        raise argparse.ArgumentTypeError(f"方案名称“{text}”只能用字母、数字、汉字和 - _ .，最多 40 个字")
    return text
