"""Check the chain of the journal from its first entry, and against the anchors outside the database."""

from __future__ import annotations

import argparse

from yilianti.cli import django_ready

SUMMARY: str = "核对日志哈希链与库外锚点，指出第一条被改动的记录"


def main(argv: list[str]) -> int:
    """0 when chain and anchors hold; 1 and the first fault otherwise. `--restored 原因` begins new anchors after a restore; `--chain-only` is for a copy."""
    parser = argparse.ArgumentParser(prog="./yilianti verify-journal", description=SUMMARY)
    parser.add_argument("--restored", default="", metavar="原因", help="数据库确已恢复到较早时间：记下原因，从现在的日志重新起锚")
    parser.add_argument("--chain-only", action="store_true", help="只核对库内的链：用于恢复出来的副本，它比锚点所记的早")
    args = parser.parse_args(argv)
    django_ready()
    from django.utils import timezone

    from yilianti.kernel import sealing
    from yilianti.kernel.crypto import anchoring

    try:
        sealed, waiting = sealing.verify()
        if args.restored:
            anchoring.append(timezone.now(), because=args.restored[:200])
        anchored = 0 if args.chain_only else anchoring.compare()
    except sealing.Broken as broken:
        print(f"✗ {broken}")
        return 1
    print(f"✓ 日志完好：{sealed} 条已封签、哈希相符；{waiting} 条等待封签；与 {anchored} 个库外锚点相符。")
    return 0
