"""./yilianti settle evaluate: reckon a year of the fund package from files, step by step, without a row of the database."""

from __future__ import annotations

import argparse
import re
import sys
from datetime import date
from pathlib import Path

from yilianti.cli import reckoning, settling, simulating

SUMMARY: str = "包干清算：settle evaluate --scheme 方案.toml --inputs 文件.json（只计算，不写入）：总额、预付、清算、分配，列出每一步；reckon、run、replay 核算、清算、重放"


def main(argv: list[str]) -> int:
    """0 when the steps are printed; 2 when a file, a field or the scheme does not allow it."""
    args = _parser().parse_args(argv)
    from yilianti.kernel.finding import Refused
    from yilianti.policybook import PolicyError

    try:
        print(args.run(args))
        return 0
    except Refused as refusal:
        return _refuse(refusal.zh)
    except PolicyError as refusal:
        return _refuse(str(refusal))
    except UnicodeDecodeError:
        return _refuse("方案、表或输入不是 UTF-8；请另存为 UTF-8。")
    except OSError as trouble:
        return _refuse(f"{trouble.filename}：{trouble.strerror}；请核对文件名和读取权限。")


def _evaluate(args: argparse.Namespace) -> str:
    from yilianti.kernel.finding import Refused
    from yilianti.policybook.places import Place
    from yilianti.settlement.distribution import engine
    from yilianti.settlement.distribution.inputs import Inputs
    from yilianti.settlement.distribution.scheme import Scheme

    if args.scheme is None and not (args.on and (args.consortium or args.region)):
        raise Refused("missing", "请给出 --scheme 方案.toml；或用 --consortium（或 --region）和 --on，按那里那一天的政策计算。", "Give --scheme, or a place and a day.", field="scheme")
    if args.scheme is not None and (args.on or args.consortium or args.region):
        raise Refused("too_much", "给了 --scheme，就不再给 --consortium、--region、--on：方案里已写明地方和年份。", "A scheme names its own place and year.", field="scheme")
    text = sys.stdin.read() if str(args.inputs) == "-" else args.inputs.read_text(encoding="utf-8-sig")
    scheme = Scheme.of_file(args.scheme) if args.scheme is not None else Scheme.in_force(Place(args.consortium, args.region or ""), args.on)
    return engine.evaluate(scheme, Inputs.of_text(text)).canonical()


def _refuse(fault: str) -> int:
    print(f"✗ {fault}", file=sys.stderr)
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./yilianti settle", description=SUMMARY)
    parts = parser.add_subparsers(required=True, metavar="做什么")
    evaluate = parts.add_parser("evaluate", help="按方案计算一年的总额、预付、清算和分配，打印每一步")
    evaluate.set_defaults(run=_evaluate)
    evaluate.add_argument("--scheme", type=Path, metavar="方案.toml", help="见 docs/how-to/settle_evaluate.md")
    evaluate.add_argument("--inputs", type=Path, required=True, metavar="文件.json", help="- 为标准输入")
    evaluate.add_argument("--consortium", default="", metavar="代码", help="不给方案时：哪个医共体的政策，如 yunxi")
    evaluate.add_argument("--region", type=_region, metavar="区划代码", help="不给方案时：6 位区划代码")
    evaluate.add_argument("--on", type=_day, metavar="日期", help="不给方案时：哪一天的政策，年份即清算的年份")
    reckoning.add(parts)
    simulating.add(parts)
    settling.add(parts)
    return parser


def _region(text: str) -> str:
    if not re.fullmatch(r"[1-8]\d{5}", text):
        raise argparse.ArgumentTypeError(f"“{text}”应是 6 位区划代码，如 349901")
    return text


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"日期“{text}”应写成 2026-12-31") from None
