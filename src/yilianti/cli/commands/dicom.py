"""The DICOM listener, and the process that files what it keeps."""

from __future__ import annotations

import argparse

from yilianti.cli import django_ready

SUMMARY: str = "运行 DICOM 接收（由 ./run 启动；--filing 为归档进程）"


def main(argv: list[str]) -> int:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(prog="./yilianti dicom", description=SUMMARY)
    parser.add_argument("--filing", action="store_true", help="归档进程：把收到的对象归入检查和居民")
    wanted = parser.parse_args(argv)
    django_ready()
    from yilianti.gateways.dicom import filer, listener

    return filer.main() if wanted.filing else listener.main()
