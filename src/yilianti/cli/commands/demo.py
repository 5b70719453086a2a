"""Load the demo county, once."""

from __future__ import annotations

import argparse
import os
import sys

from yilianti.cli import django_ready
from yilianti.cli.home import ROOT, Trouble

SUMMARY: str = "装入演示县（首次 ./run 会自动执行；正式环境不可用）"


def main(argv: list[str]) -> int:
    """Load in one transaction together with the mark that it is done: all of it or nothing."""
    parser = argparse.ArgumentParser(prog="./yilianti demo", description=SUMMARY)
    parser.add_argument(
        "--size",
        choices=("small", "medium", "large"),
        default="small",
        help="small：300 名居民；medium：5 千名居民、2 万次就诊；large：5 万名居民、20 万次就诊",
    )
    size = parser.parse_args(argv).size
    if os.environ.get("YILIANTI_MODE", "demo") != "demo":
        raise Trouble("空县和正式环境（YILIANTI_MODE=empty、production）不装演示数据。")
    if not (ROOT / "demo/county.py").exists() and not (ROOT / "demo/county").is_dir():
        print("△ 没有 demo/，跳过演示数据。")
        return 0
    django_ready()
    from django.db import connection, transaction

    from yilianti.cli import setup

    sys.path.insert(0, str(ROOT))
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE yilianti_setup IN SHARE ROW EXCLUSIVE MODE")
            cursor.execute("SELECT 1 FROM yilianti_setup WHERE done = 'demo'")
            if cursor.fetchone():
                print("演示县已经装入。")
                return 0
        from demo import county

        county.load(progress=lambda *said: print(*said, flush=True), size=size)
        with connection.cursor() as cursor:
            cursor.execute(setup.MARK, ["demo", "loaded"])
    return 0
