"""./yilianti supervision scan --month 2026-10: ask the rules of supervision of every claim of a month, now."""

from __future__ import annotations

import argparse
import sys
import time
from datetime import date

from yilianti.cli import django_ready

SUMMARY: str = "基金监管：scan --month 2026-10 按规则看一个月的费用"


def main(argv: list[str]) -> int:
    """0 when the month was looked through; 2 when the month cannot be read or has no policy."""
    parser = argparse.ArgumentParser(prog="./yilianti supervision", description=SUMMARY)
    parts = parser.add_subparsers(required=True, metavar="做什么")
    scan = parts.add_parser("scan", help="看一个月出院（结算）的费用；已有的线索不会重复")
    scan.add_argument("--month", required=True, metavar="年-月", help="如 2026-10")
    args = parser.parse_args(argv)
    month = _month(args.month)
    if month is None:
        print(f"✗ --month {args.month}：应写成 年-月，如 2026-10。", file=sys.stderr)
        return 2
    django_ready()
    from django.utils import timezone

    from yilianti.kernel.finding import Refused
    from yilianti.settlement.supervision import api as supervision

    began = time.monotonic()
    try:
        people, raised = supervision.scan_month(month=month, at=timezone.now())
    except Refused as refusal:
        print(f"✗ {refusal.zh}", file=sys.stderr)
        return 2
    print(f"✓ {month:%Y-%m}：看过 {people} 人的费用，新提出 {raised} 条线索（{time.monotonic() - began:.1f} 秒）。")
    return 0


def _month(text: str) -> date | None:
    try:
        return date.fromisoformat(f"{text}-01") if len(text) == 7 else None
    except ValueError:
        return None
