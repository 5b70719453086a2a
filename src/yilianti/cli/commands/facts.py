"""./yilianti facts rebuild: take all facts anew from the tables; what is counted from them follows."""

from __future__ import annotations

import argparse
import threading
import time

from yilianti.cli import django_ready

SUMMARY: str = "统计事实：rebuild 从业务表重新导出并重算全部指标"
PATIENCE_SECONDS = 1800.0


def main(argv: list[str]) -> int:
    """0 when the new files are in use; while ./run serves, its insight process does the work."""
    parser = argparse.ArgumentParser(prog="./yilianti facts", description=SUMMARY)
    parser.add_argument("command", choices=["rebuild"], help="rebuild 重新导出并重算")
    parser.parse_args(argv)
    django_ready()
    from django.utils import timezone

    from yilianti.insight.facts import api as facts
    from yilianti.insight.indicators.process import Keeper
    from yilianti.kernel import process
    from yilianti.kernel.actor import Actor

    process.without_pool()  # the lead is held by one connection
    started, before = time.monotonic(), facts.watermark()
    facts.ask_rebuild(actor=Actor.system("命令行"), at=timezone.now())
    if facts.leads():
        keeper, follower = Keeper(threading.Event()), facts.follower(timezone.now())
        try:
            while keeper.work(follower, timezone.now()):
                pass
        finally:
            follower.close()
    else:
        print("· 统计进程正在运行，由它重建 …", flush=True)
        while not _is_done(before.generation if before else 0):
            if time.monotonic() - started > PATIENCE_SECONDS:
                print("✗ 统计进程没有在半小时内完成；请看日志 insight.log。")
                return 1
            time.sleep(0.5)
    mark = facts.watermark()
    assert mark is not None
    print(f"✓ 已重建（{time.monotonic() - started:.1f} 秒），第 {mark.generation} 代，日志第 {mark.sealed_number} 号，{facts.root()}")
    return 0


def _is_done(before: int) -> bool:
    from yilianti.insight.facts import api as facts

    mark = facts.watermark()
    return mark is not None and mark.generation > before and mark.rebuild_asked_at is None
