"""Try the newest backup: restore it elsewhere, compare every table, check the journal, time each step, delete it again."""

from __future__ import annotations

import argparse
from pathlib import Path

from yilianti.cli import database
from yilianti.cli import home as homes
from yilianti.cli.backups import drilling, noting, store
from yilianti.cli.home import say, write_private

SUMMARY: str = "恢复演练：把最新备份恢复到另一目录，逐表比对后删除"


def main(argv: list[str]) -> int:
    """0 when everything that was restored is what it should be; 1 and the tables that are not, otherwise."""
    parser = argparse.ArgumentParser(prog="./yilianti restore-drill", description=SUMMARY)
    parser.add_argument("--from", dest="source", metavar="备份目录", help="默认是本机的备份目录")
    parser.add_argument("--into", metavar="目录", help="恢复到哪里（做完即删）；默认数据目录下的 drill")
    parser.add_argument("--backup", default="", metavar="编号", help="默认最新的一份")
    chosen = parser.parse_args(argv)
    home = homes.current()
    place = store.Store(Path(chosen.source).expanduser().resolve()) if chosen.source else store.of(home)
    into = Path(chosen.into).expanduser().resolve() if chosen.into else home.path / "drill"
    addresses = database.running(home)
    ours = place == store.of(home) and addresses is not None and addresses.source == "embedded"
    living = database.cluster_of(home) if ours else None
    progress = home.path / "run/drill.json"

    def tell(step: str) -> None:
        if progress.parent.is_dir():
            write_private(progress, f'{{"step": "{step}"}}')

    try:
        if addresses is None:
            report = drilling.drill(place, into, name=chosen.backup, tell=tell)
        else:
            with noting.noted(addresses.application, "drill") as kept:
                report = drilling.drill(place, into, name=chosen.backup, living=living, tell=tell)
                kept |= {"well": report["well"], "said": "；".join(report["faults"]), "detail": report}
    finally:
        progress.unlink(missing_ok=True)
    return _told(report)


def _told(report: drilling.Report) -> int:
    if not report["well"]:
        for fault in report["faults"]:
            say(f"✗ {fault}")
        say("✗ 演练没有通过：这份备份不能保证恢复出全部数据；请马上重新备份，并查看“运行状态”页。")
        return 1
    gigabytes = report["database_bytes"] / 1e9
    with_what = "此刻的数据" if report["compared_with"] == "living" else "备份时记下的数据"
    say(f"✓ 演练通过：{report['tables']} 张表、{report['rows']} 行与{with_what}逐表相同，日志链完好；")
    say(f"  共 {report['total_seconds']} 秒（{report['total_seconds'] / gigabytes:.0f} 秒/GB），恢复目录已删除。")
    return 0
