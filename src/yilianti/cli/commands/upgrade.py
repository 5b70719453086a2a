"""Bring the database up to this version: what will change, a backup, the change, an examination, and the way back."""

from __future__ import annotations

import argparse

from yilianti.cli import database
from yilianti.cli import home as homes
from yilianti.cli.backups import reaching, upgrading
from yilianti.cli.home import Trouble

SUMMARY: str = "升级数据库到这一版本：列出更新、先备份、再更新、核对，失败时给出退回的命令"


def main(argv: list[str]) -> int:
    """Only while the platform is stopped, so that no process of the old version meets the new tables."""
    argparse.ArgumentParser(prog="./yilianti upgrade", description=SUMMARY).parse_args(argv)
    home = homes.current()
    if database.running(home) is not None:
        raise Trouble("平台正在运行；请先停掉它（Ctrl-C 或 systemctl stop yilianti），再升级。")
    with reaching.installation(home) as (addresses, cluster):
        return upgrading.upgrade(home, addresses, cluster)
