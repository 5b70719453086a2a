"""./yilianti dip import | group | why | pay: DIP groups and scores by tables that a county imports. No database is asked."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from yilianti.cli import paying, schemes

if TYPE_CHECKING:
    from yilianti.settlement.claims.weighing.dip import Engine

SUMMARY: str = "DIP 分组：dip import 目录 --scheme 名称；dip group --scheme 名称 --in 病案.csv --out 结果.csv；dip why；dip pay"


def main(argv: list[str]) -> int:
    """0 when done; 2 when tables, cases or arguments are refused, and then nothing has been written."""
    args = _parser().parse_args(argv)
    return schemes.run(lambda: int(args.run(args)))


def _import(args: argparse.Namespace) -> int:
    from yilianti.settlement.claims.weighing import dip

    scheme = dip.read_folder(args.folder, args.scheme)
    bare = dip.Engine(scheme).without_composite()
    path = dip.keep(scheme, schemes.folder("dip"))
    count = {table: len(rows) for table, rows in scheme.tables.items()}
    print(f"✓ {scheme.title} 已装入为“{scheme.name}”：核心病种 {count['core']} 个，综合病种 {count['composite']} 个，辅助目录 {count['auxiliary']} 项；指纹 {scheme.fingerprint[:16]}")
    if bare:
        print(f"  有 {len(bare)} 个诊断没有综合病种（{'、'.join(bare[:3])}{' 等' if len(bare) > 3 else ''}），核心病种也不符合时会没有对应的病种。")
    print(f"  {path}")
    return 0


def _group(args: argparse.Namespace) -> int:
    from yilianti.settlement.claims.weighing import dip

    schemes.apart(args.source, args.target)
    counts = dip.group_file(args.source, args.target, _engine(args.scheme))
    print(f"✓ {args.target}：{sum(counts.values())} 份病案")
    for status, count in counts.items():
        if count:
            print(f"  {status} {count}")
    return 0


def _why(args: argparse.Namespace) -> int:
    from yilianti.settlement.claims.weighing import dip
    from yilianti.settlement.claims.weighing.dip.spelling import shown

    engine = _engine(args.scheme)
    stay = dip.stay_of(args.source, args.id, engine)
    told, names = dip.why(engine, stay), engine.scheme.names
    print(f"{stay.id}：{told.scored.status} {told.scored.group} {names.get(told.scored.group, '')} {shown(told.scored.score)} 分")
    for step in told.steps:
        print(f"  {'✓' if step.held else '·'} {step.code} {step.said}")
    print("改变一处，会在别的病种或有别的分值（只供核对病案，不是编码建议）：")
    for other in dip.alternatives(engine, stay):
        print(f"  {other.scored.group or other.scored.status} {names.get(other.scored.group, '')} {shown(other.scored.score)} 分：{other.change}")
    return 0


def _engine(name: str) -> Engine:
    from yilianti.settlement.claims.weighing import dip

    return dip.Engine(dip.opened(schemes.folder("dip"), name))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./yilianti dip", description=SUMMARY)
    parts = parser.add_subparsers(required=True, metavar="做什么")
    importing = parts.add_parser("import", help="装入一个病种方案的各张表（scheme.json 和各 CSV）")
    importing.add_argument("folder", type=Path, metavar="目录")
    importing.set_defaults(run=_import)
    group = parts.add_parser("group", help="给一个病案文件分病种、算分值")
    group.add_argument("--out", dest="target", type=Path, required=True, metavar="结果.csv")
    group.set_defaults(run=_group)
    why = parts.add_parser("why", help="一份病案为什么在这个病种、得这个分，改变什么会不同")
    why.add_argument("--id", required=True, metavar="病案号")
    why.set_defaults(run=_why)
    for part in (group, why):
        part.add_argument("--in", dest="source", type=Path, required=True, metavar="病案.csv", help="列：id,gender,age,age_days,weight_g,los,discharge_type,dx,op；dx 和 op 用 | 分隔，第一个是主要的")
    pay = parts.add_parser("pay", help="按分值付费：结算点值和各份病案付多少")
    pay.add_argument("--in", dest="source", type=Path, required=True, metavar="病案.csv", help="列：id,institution,department,cost,dip,score")
    paying.arguments(pay)
    pay.set_defaults(run=paying.pay_dip)
    for part in (importing, group, why, pay):
        part.add_argument("--scheme", required=True, type=schemes.name, metavar="名称")
    return parser
