"""./yilianti claims price --inputs FILE.json: who pays how much of each claim, with every step. Writes nothing; no database is asked."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

SUMMARY: str = "费用计价：claims price --inputs 文件.json（只计算，不写入）"
_SHOWN = 30


def main(argv: list[str]) -> int:
    """0 with JSON on stdout; 2 when the file, a field or a place's policy does not allow a price."""
    from yilianti.kernel.finding import Refused
    from yilianti.policybook import PolicyError
    from yilianti.settlement.claims.pricing.claim import ClaimsRefused

    args = _parser().parse_args(argv)
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
    price.add_argument("--inputs", type=Path, required=True, metavar="文件.json", help="一笔费用、列表或 {\"claims\": [...]}；- 为标准输入")
    return parser
