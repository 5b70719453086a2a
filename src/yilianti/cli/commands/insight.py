"""The insight process: facts along the journal, and the figures computed from them."""

from __future__ import annotations

import argparse

from yilianti.cli import django_ready

SUMMARY: str = "运行统计进程：导出事实、计算指标（由 ./run 启动）"


def main(argv: list[str]) -> int:
    """Serve until stopped."""
    argparse.ArgumentParser(prog="./yilianti insight", description=SUMMARY).parse_args(argv)
    django_ready()
    from yilianti.insight.indicators import process

    return int(process.main() or 0)
