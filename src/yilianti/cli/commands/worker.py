"""The background worker: procrastinate's tasks."""

from __future__ import annotations

from yilianti.cli import django_ready

SUMMARY: str = "运行后台任务（由 ./run 启动）"


def main(argv: list[str]) -> int:
    """Serve until stopped."""
    django_ready()
    from yilianti.handovers import worker

    return int(worker.main() or 0)
