"""./yilianti settle work: reckon a year of the fund package from a file, step by step, without the database."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

SUMMARY: str = "包干清算：settle work --inputs 文件.json（只计算，不写入）：总额、预付、月度路径、结余分配，列出每一步"


def main(argv: list[str]) -> int:
    """0 when the steps are printed; 2 when the file, a field or a place's policy does not allow it."""
    args = _parser().parse_args(argv)
    from yilianti.kernel.finding import Refused
    from yilianti.policybook import PolicyError
    from yilianti.settlement.distribution import asking

    try:
        text = sys.stdin.read() if str(args.inputs) == "-" else args.inputs.read_text(encoding="utf-8-sig")
        print(asking.work(text).canonical())
        return 0
    except Refused as refusal:
        return _refuse(refusal.zh)
    except PolicyError as refusal:
        return _refuse(str(refusal))
    except UnicodeDecodeError:
        return _refuse(f"{args.inputs}：不是 UTF-8；请另存为 UTF-8。")
    except OSError as trouble:
        return _refuse(f"{trouble.filename}：{trouble.strerror}；请核对文件名和读取权限。")


def _refuse(fault: str) -> int:
    print(f"✗ {fault}", file=sys.stderr)
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./yilianti settle", description=SUMMARY)
    parts = parser.add_subparsers(required=True, metavar="做什么")
    work = parts.add_parser("work", help="计算一年的总额、预付、路径和分配，打印每一步")
    work.add_argument("--inputs", type=Path, required=True, metavar="文件.json", help="见 docs/how-to/settle_work.md；- 为标准输入")
    return parser
