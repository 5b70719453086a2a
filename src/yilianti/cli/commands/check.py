"""./yilianti check: everything a machine can say about the house; --fast leaves out what takes longer than half a minute."""

from __future__ import annotations

import argparse
import time

SUMMARY: str = "核对代码、契约、房门、隐私、权限、政策与生成的文档（--fast 30 秒内）"


def main(argv: list[str]) -> int:
    """One line per step; 0 when all hold."""
    parser = argparse.ArgumentParser(prog="./yilianti check", description=SUMMARY)
    parser.add_argument("--fast", action="store_true", help="只做半分钟内能做完的核对")
    chosen = parser.parse_args(argv)
    from yilianti.cli import checking

    started, failed = time.monotonic(), []
    for line in checking.run(checking.steps(fast=chosen.fast)):
        print(line, flush=True)
        if line.well is False:
            failed.append(line.title)
            print("\n".join(f"    {said}" for said in line.said.splitlines()[-40:]), flush=True)
    print(f"\n{'✗ 未通过：' + '、'.join(failed) if failed else '✓ 全部通过'}（{time.monotonic() - started:.0f} 秒）")
    return 1 if failed else 0
