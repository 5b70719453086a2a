"""The background worker: procrastinate's tasks."""

from __future__ import annotations

import argparse

from yilianti.cli import django_ready

SUMMARY: str = "运行后台任务（由 ./run 启动）"


def main(argv: list[str]) -> int:
    """Serve until stopped."""
    argparse.ArgumentParser(prog="./yilianti worker", description=SUMMARY).parse_args(argv)
    django_ready()
    from yilianti.handovers import worker

    return int(worker.main() or 0)
