"""The MLLP listener for HL7 v2 messages."""

from __future__ import annotations

import argparse

from yilianti.cli import django_ready

SUMMARY: str = "运行 HL7 v2 监听器（由 ./run 启动）"


def main(argv: list[str]) -> int:
    """Serve until stopped."""
    argparse.ArgumentParser(prog="./yilianti hl7", description=SUMMARY).parse_args(argv)
    django_ready()
    from yilianti.gateways.hl7v2 import listener

    return int(listener.main() or 0)
