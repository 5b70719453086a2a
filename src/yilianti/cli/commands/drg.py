"""./yilianti drg import | group | why | pay | check: CHS-DRG by tables that a county imports, and what its cases are paid. No database is asked."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from yilianti.cli import paying, schemes

if TYPE_CHECKING:
    from yilianti.settlement.claims.grouping.engine import Engine

SUMMARY: str = "DRG 分组：drg import 目录 --scheme 名称；drg group --scheme 名称 --in 病案.csv --out 结果.csv；drg why；drg pay；drg check"


def main(argv: list[str]) -> int:
    """0 when done; 2 when tables, cases or arguments are refused, and then nothing has been written."""
    args = _parser().parse_args(argv)
    return schemes.run(lambda: int(args.run(args)))


def _import(args: argparse.Namespace) -> int:
    from yilianti.settlement.claims import grouping

    scheme = grouping.read_folder(args.folder, args.scheme)
    path = grouping.keep(scheme, schemes.folder("drg"))
    print(f"✓ {scheme.title} 已装入为“{scheme.name}”：{len(scheme.mdc)} 个 MDC，{len(scheme.adrg)} 个 ADRG，{len(scheme.drg_codes)} 个组；指纹 {scheme.fingerprint[:16]}")
    print(f"  {path}")
    return 0


def _group(args: argparse.Namespace) -> int:
    from yilianti.settlement.claims import grouping

    schemes.apart(args.source, args.target)
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


def _check(args: argparse.Namespace) -> int:
    from yilianti.settlement.claims.coding import files, questions

    schemes.apart(args.source, args.target)
    desk = questions.Desk(_engine(args.scheme))
    count, asked = files.check_file(args.source, args.target, desk)
    print(f"✓ {args.target}：{count} 份病案，{sum(asked.values())} 个问题（只供核对，不改病案，也不是编码建议）")
    for kind, number in sorted(asked.items()):
        print(f"  {kind} {number}")
    if not desk.maps["dx"]:
        print("  方案里没有临床版到医保版的对照表（icd10_clinical_to_yibao.csv），未做诊断对照。")
    return 0


def _engine(name: str) -> Engine:
    from yilianti.settlement.claims import grouping

    return grouping.Engine(grouping.opened(schemes.folder("drg"), name))


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
    check = parts.add_parser("check", help="核对病案的编码：对照、主要诊断、并发症，只提问题")
    check.add_argument("--out", dest="target", type=Path, required=True, metavar="问题.csv")
    check.set_defaults(run=_check)
    for part in (group, why, check):
        part.add_argument("--in", dest="source", type=Path, required=True, metavar="病案.csv", help="列：id,gender,age,age_days,weight_g,los,discharge_type,dx,op；dx 和 op 用 | 分隔，第一个是主要的；check 另有 dx_costs,op_costs（各项的费用，元）")
    pay = parts.add_parser("pay", help="按组付费：点数、系数、点值或费率，各份病案付多少")
    pay.add_argument("--in", dest="source", type=Path, required=True, metavar="病案.csv", help="列见 docs/how-to/pay_by_group.md：id,institution,department,cost,drg,los，另有 resident,admitted,discharged,reason,complete,bed_day,panel")
    paying.arguments(pay)
    pay.add_argument("--base", type=Path, metavar="基期.csv", help="用哪些病例算权重和系数，列与 --in 相同；不给就用 --in 自己")
    pay.add_argument("--index", type=Path, metavar="CMI.csv", help="另写一个按机构和科室的表：CMI、点数、费用与付费")
    pay.add_argument("--method", choices=("points", "rate"), help="本地两种办法都有时，用哪一种")
    pay.add_argument("--id", metavar="病案号", help="另打印这份病案的每一步")
    pay.set_defaults(run=paying.pay_drg)
    for part in (importing, group, why, check, pay):
        part.add_argument("--scheme", required=True, type=schemes.name, metavar="名称")
    return parser
