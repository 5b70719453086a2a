"""./yilianti claims price | reprice | regroup: price a file without the database; price or group the stored claims anew, after a policy, a scheme or a referral changed."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from yilianti.settlement.claims.actions.reckoning import Progress

SUMMARY: str = "费用：claims price --inputs 文件.json（只计算，不写入）；claims reprice --year 年；claims regroup --from 日期 --until 日期"
_SHOWN = 30


def main(argv: list[str]) -> int:
    """0 when done; 2 when the file, a field or a place's policy does not allow it."""
    args = _parser().parse_args(argv)
    return int(args.run(args))


def _price(args: argparse.Namespace) -> int:
    from yilianti.kernel.finding import Refused
    from yilianti.policybook import PolicyError
    from yilianti.settlement.claims.pricing.claim import ClaimsRefused

    try:
        print(json.dumps(_priced(_text(args.inputs)), ensure_ascii=False, indent=2))
        return 0
    except ClaimsRefused as refusal:
        return _refuse(refusal.faults)
    except (Refused, PolicyError) as refusal:
        return _refuse([refusal.zh])
    except UnicodeDecodeError:
        return _refuse([f"{args.inputs}：不是 UTF-8；请另存为 UTF-8。"])
    except OSError as trouble:
        return _refuse([f"{trouble.filename}：{trouble.strerror}；请核对文件名和读取权限。"])


def _reprice(args: argparse.Namespace) -> int:
    from yilianti.cli import django_ready

    django_ready()
    from django.utils import timezone

    from yilianti.kernel.actor import Actor
    from yilianti.settlement.claims import api as claims

    changed = claims.reprice(actor=Actor.system("命令行"), year=args.year, at=timezone.now(), told=_progress("人"))
    print(f"✓ {args.year} 年的费用已重新计算：{changed} 笔的结果变了，其余不变。")
    return 0


def _regroup(args: argparse.Namespace) -> int:
    if args.until_on <= args.from_on:
        return _refuse([f"--until {args.until_on} 应晚于 --from {args.from_on}；--until 这一天不在内。"])
    from yilianti.cli import django_ready

    django_ready()
    from django.utils import timezone

    from yilianti.kernel.actor import Actor
    from yilianti.settlement.claims import api as claims

    grouped = claims.regroup(actor=Actor.system("命令行"), from_on=args.from_on, until_on=args.until_on, at=timezone.now(), told=_progress("例"))
    print(f"✓ {args.from_on} 至 {args.until_on}（不含）出院的住院费用已重新分组：{grouped} 例有组。")
    return 0


def _progress(unit: str) -> Progress:
    return lambda done, of: print(f"· {done} / {of} {unit}", flush=True)


def _text(path: Path) -> str:
    return sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8-sig")


def _priced(text: str) -> object:
    """The prices of what the text asks."""
    from yilianti.cli.home import ROOT
    from yilianti.config.english.catalogue import pairs
    from yilianti.settlement.claims.pricing import reading, telling

    found = telling.told(reading.read(text), dict(pairs(ROOT / "assets/english")))
    return {"claims": found}


def _refuse(faults: list[str]) -> int:
    for fault in faults[:_SHOWN]:
        print(f"✗ {fault}", file=sys.stderr)
    if len(faults) > _SHOWN:
        print(f"  ……另有 {len(faults) - _SHOWN} 处", file=sys.stderr)
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./yilianti claims", description=SUMMARY)
    parts = parser.add_subparsers(required=True, metavar="做什么")
    price = parts.add_parser("price", help="计算一笔或若干笔费用各方负担多少，列出每一步")
    price.set_defaults(run=_price)
    price.add_argument("--inputs", type=Path, required=True, metavar="文件.json", help="一笔费用、列表或 {\"claims\": [...]}；- 为标准输入")
    reprice = parts.add_parser("reprice", help="一年的费用按现有的政策重新计算；结果不变的不动")
    reprice.add_argument("--year", type=_year, required=True, metavar="年", help="出院的年份，如 2026")
    reprice.set_defaults(run=_reprice)
    regroup = parts.add_parser("regroup", help="一段日子出院的住院费用按现有的方案重新分组")
    regroup.add_argument("--from", dest="from_on", type=date.fromisoformat, required=True, metavar="日期", help="从这一天出院的起，如 2026-01-01")
    regroup.add_argument("--until", dest="until_on", type=date.fromisoformat, required=True, metavar="日期", help="到这一天之前，如 2026-07-01")
    regroup.set_defaults(run=_regroup)
    return parser


def _year(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 2000 <= int(text) <= 2999):
        raise argparse.ArgumentTypeError(f"年份“{text}”应是 2026 这样的四位数")
    return int(text)
