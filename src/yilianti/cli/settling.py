"""./yilianti settle run | replay: reckon a stored year, and reckon it again from what was frozen."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from yilianti.cli import django_ready

if TYPE_CHECKING:
    from yilianti.settlement.distribution.replaying import Replayed


def add(parts: Any) -> None:
    """The two subcommands."""
    run = parts.add_parser("run", help="清算一年，或把中断的清算接着算完；清算单待各家确认")
    run.set_defaults(run=_run)
    replay = parts.add_parser("replay", help="用冻结的数据和政策重新计算一年，和保存的逐字节比较；不写入")
    replay.set_defaults(run=_replay)
    for part in (run, replay):
        part.add_argument("year", type=int, metavar="年", help="如 2026")
        part.add_argument("--consortium", required=True, metavar="代码", help="医共体代码，如 yunxi")
        part.add_argument("--fund", default="resident", choices=("resident", "employee", "public_health"), help="哪一种基金")
    run.add_argument("--as", dest="as_", required=True, metavar="账号", help="以谁的账号办理")
    run.add_argument("--because", default="", metavar="原因", help="重算的原因；第一次不写")


def _run(args: argparse.Namespace) -> str:
    """What became of it; raises Refused."""
    django_ready()
    from django.utils import timezone

    from yilianti.kernel.finding import Refused
    from yilianti.registry.access import api as access
    from yilianti.settlement.budget import api as budget
    from yilianti.settlement.distribution import actions

    at = timezone.now()
    account = access.account_named(args.as_)
    actor = access.actor_for(account, at) if account else None
    if actor is None:
        raise Refused("unknown_account", f"没有账号“{args.as_}”，或它现在不能登录；请核对 --as。", "unknown account", field="as")
    package = budget.package_for(args.consortium, args.year, budget.Fund(args.fund))
    if package is None:
        raise Refused("unknown_package", f"{args.consortium} 没有 {args.year} 年这种基金的总额；请核对代码和年份。", "no such package", field="year")
    one = actions.reckon(actor=actor, package=package, because=args.because, at=at)
    return f"✓ {one.number}：{args.year} 年已算完，清算单待各家确认。"


def _replay(args: argparse.Namespace) -> str:
    """Every run compared; exit 1 where one came out otherwise; raises Refused."""
    django_ready()
    from yilianti.kernel.finding import Refused
    from yilianti.settlement.distribution import replaying
    from yilianti.settlement.distribution.models import Settlement

    held = Settlement.objects.filter(consortium__code=args.consortium, year=args.year, fund=args.fund).exclude(state="withdrawn").first()
    if held is None:
        raise Refused("unknown_settlement", f"{args.consortium} 没有 {args.year} 年的清算；请核对代码、年份和基金。", "no such settlement", field="year")
    runs = replaying.replayed(held)
    said = "\n".join(line for one in runs for line in _lines(held.number, one))
    if not all(one.same for one in runs):
        print(said)
        raise SystemExit(1)
    return said


def _lines(number: str, one: Replayed) -> Iterator[str]:
    end = "，逐字节相同" if one.same else f"；{one.difference}" if one.difference else ""
    yield f"{'✓' if one.same else '✗'} {number} 第 {one.run.turn} 次计算：{one.steps} 步{end}"
    yield from (f"  · 政策 {ref} 现在的内容与清算时不同（清算按当时冻结的内容）" for ref in one.editions)
    yield from (f"  ✗ 清算单 {name} 的签名无效，或各行与步骤不符" for name in one.broken)
