"""The journal runner: seals, hands over, watches the clock."""

from __future__ import annotations

from yilianti.cli import django_ready

SUMMARY: str = "运行日志执行器：封签、交接、到时处理（由 ./run 启动）"


def main(argv: list[str]) -> int:
    """Serve until stopped."""
    django_ready()
    from yilianti.handovers import runner

    return int(runner.main() or 0)
