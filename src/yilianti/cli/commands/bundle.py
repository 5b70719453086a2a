"""Pack an installation for a network without internet: the tree, every wheel of the lock, a script and a page of instructions."""

from __future__ import annotations

import argparse
from pathlib import Path

from yilianti.cli import bundling
from yilianti.cli.home import step

SUMMARY: str = "制作离线安装包：./yilianti bundle <输出目录>（要在能上网的同类机器上执行）"


def main(argv: list[str]) -> int:
    """Write one tar for machines of this system and this Python."""
    parser = argparse.ArgumentParser(prog="./yilianti bundle", description=SUMMARY)
    parser.add_argument("out", metavar="输出目录")
    out = Path(parser.parse_args(argv).out).expanduser().resolve()
    with bundling.room(out) as folder:
        with step("复制程序"):
            bundling.copy_tree(folder)
        with step("下载 requirements.lock 中的全部软件包（核对哈希）"):
            bundling.fill_wheelhouse(folder)
        bundling.write_papers(folder)
        with step("打包"):
            made = bundling.pack(folder, out)
    print(f"✓ {made}（{made.stat().st_size / 1e6:.0f} MB）")
    print(f"  拷到目标机器后：tar xf {made.name} && cd {folder.name} && ./install.sh && ./run")
    return 0
