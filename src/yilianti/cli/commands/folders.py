"""The process that looks into the folders of carts."""

from __future__ import annotations

import argparse

from yilianti.cli import django_ready

SUMMARY: str = "查看心电图机的采集文件夹（由 ./run 启动）"


def main(argv: list[str]) -> int:
    """Look until stopped."""
    argparse.ArgumentParser(prog="./yilianti folders", description=SUMMARY).parse_args(argv)
    django_ready()
    from yilianti.gateways.ecg_devices import watcher

    return int(watcher.main() or 0)
