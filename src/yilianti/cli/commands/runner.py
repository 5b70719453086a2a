"""The journal runner: seals, hands over, watches the clock."""

from __future__ import annotations

import argparse

from yilianti.cli import django_ready

SUMMARY: str = "运行日志执行器：封签、交接、到时处理（由 ./run 启动）"


def main(argv: list[str]) -> int:
    """Serve until stopped."""
    argparse.ArgumentParser(prog="./yilianti runner", description=SUMMARY).parse_args(argv)
    django_ready()
    from yilianti.handovers import runner

    return int(runner.main() or 0)
