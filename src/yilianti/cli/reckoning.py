"""settle reckon: a month of the fund package at the keyboard, as the finance office reckons it on its page."""

from __future__ import annotations

import argparse
import time
from datetime import date
from typing import Any

from yilianti.cli import django_ready


def add(parts: Any) -> None:
    """Register `reckon` among the parts of `settle`."""
    reckon = parts.add_parser("reckon", help="月度核算：把到该月为止的费用记入包干总额；已记的不重复")
    reckon.set_defaults(run=_reckon)
    reckon.add_argument("--consortium", required=True, metavar="代码", help="医共体代码，如 yunxi")
    reckon.add_argument("--year", required=True, type=int, metavar="年")
    reckon.add_argument("--month", required=True, type=int, choices=range(1, 13), metavar="月", help="1 至 12")
    reckon.add_argument("--fund", default="resident", choices=("resident", "employee"), help="居民（默认）或职工")


def _reckon(args: argparse.Namespace) -> str:
    """What the month came to; raises Refused."""
    django_ready()
    from django.utils import timezone

    from yilianti.kernel.actor import Actor
    from yilianti.kernel.finding import Refused
    from yilianti.kernel.money import Money
    from yilianti.settlement.budget import api as budget

    fund, began = budget.Fund(args.fund), time.monotonic()
    package = budget.package_for(args.consortium, args.year, fund)
    if package is None:
        raise Refused("unknown_package", f"{args.consortium} 没有 {args.year} 年的{fund.zh}总额；请先在“总额”页面起草。", "There is no such package.", field="year")
    found = budget.reckon_month(actor=Actor.system(), number=package.number, month=date(args.year, args.month, 1), at=timezone.now())
    said = f"✓ {package.number} {found.month:%Y-%m} 第 {found.turn} 次：记入 {found.lines} 行 {Money(found.own)} 元；累计支出 {Money(found.spent)} 元，路径 {Money(found.path)} 元"
    kept_out = f"\n  没有算出的 {found.unpriced} 笔，{Money(found.unpriced_total)} 元未计入" if found.unpriced else ""
    return f"{said}{'，高于路径' if found.above else ''}（{time.monotonic() - began:.1f} 秒）{kept_out}"
