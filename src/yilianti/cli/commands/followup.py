"""./yilianti followup ask | form: what a programme says of a visit, from a file; no database is asked."""

from __future__ import annotations

import argparse
import json
import re
import sys
from datetime import date
from pathlib import Path

from yilianti.cli import following

SUMMARY: str = "随访：followup ask --programme hypertension --inputs 文件.json（只计算，不写入）：分类、转诊、下次日期和理由；followup form 打印随访表"


def main(argv: list[str]) -> int:
    """0 when the answer is printed; 2 when a file, a field or a policy does not allow it."""
    args = _parser().parse_args(argv)
    from yilianti.kernel.finding import Refused
    from yilianti.policybook import PolicyError

    try:
        print(json.dumps(args.run(args), ensure_ascii=False, indent=1, sort_keys=True))
        return 0
    except Refused as refusal:
        return _refuse(refusal.zh)
    except (PolicyError, ValueError) as refusal:
        return _refuse(str(refusal))
    except OSError as trouble:
        return _refuse(f"{trouble.filename}：{trouble.strerror}；请核对文件名和读取权限。")


def _refuse(fault: str) -> int:
    print(f"✗ {fault}", file=sys.stderr)
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./yilianti followup", description=SUMMARY)
    parts = parser.add_subparsers(required=True, metavar="做什么")
    ask = parts.add_parser("ask", help="一次随访的分类、转诊、下次日期和理由")
    ask.set_defaults(run=following.asked)
    ask.add_argument("--inputs", type=Path, required=True, metavar="文件.json", help="见 docs/how-to/add_a_programme.md；- 为标准输入")
    form = parts.add_parser("form", help="随访表的各部分、项目、单位、范围、选项和设备编码")
    form.set_defaults(run=following.form)
    form.add_argument("--on", type=_day, required=True, metavar="日期", help="哪一天的表，如 2026-11-01")
    for part in (ask, form):
        part.add_argument("--programme", required=True, metavar="项目", help="如 hypertension、diabetes、elderly、copd")
        part.add_argument("--consortium", default="", metavar="代码", help="哪个医共体的政策，如 yunxi；不写为全国的")
        part.add_argument("--region", type=_region, default="", metavar="区划代码", help="6 位区划代码")
    return parser


def _region(text: str) -> str:
    if text and not re.fullmatch(r"[1-8]\d{5}", text):
        raise argparse.ArgumentTypeError(f"“{text}”应是 6 位区划代码，如 349901")
    return text


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"日期“{text}”应写成 2026-11-01") from None
