"""./yilianti generate: redraw the documents that come from the code; --check only says whether they are as drawn."""

from __future__ import annotations

import argparse
import os

from yilianti.cli import django_ready
from yilianti.cli.home import ROOT

SUMMARY: str = "重新生成 docs/generated 与地图中的数据流（--check 只核对）"
NO_DATABASE = "postgresql://nobody@127.0.0.1:1/none"


def main(argv: list[str]) -> int:
    """0 when written or unchanged; with --check 1 and the names of stale documents."""
    parser = argparse.ArgumentParser(prog="./yilianti generate", description=SUMMARY)
    parser.add_argument("--check", action="store_true", help="只核对，不改写")
    chosen = parser.parse_args(argv)
    os.environ.setdefault("DATABASE_URL", NO_DATABASE)  # nothing here asks the database
    django_ready()
    from yilianti.cli import drawing

    drawn = drawing.all_documents()
    stale = [path for path, text in drawn.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    for path in stale:
        print(f"  {'过期' if '--check' in argv else '已更新'}：{path.relative_to(ROOT)}")
    if chosen.check:
        print("✗ 请运行 ./yilianti generate 并提交。" if stale else f"✓ {len(drawn)} 份文档与代码一致。")
        return 1 if stale else 0
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(drawn[path], encoding="utf-8")
    print(f"✓ {len(drawn)} 份文档，更新 {len(stale)} 份。")
    return 0
