"""What works on this machine, and which protections hold."""

from __future__ import annotations

import argparse
import os

from yilianti.cli import checks, database, home
from yilianti.cli.doctor import installation, opening, rights, server
from yilianti.cli.doctor.line import GRAVE, Line
from yilianti.cli.home import Trouble

SUMMARY: str = "检查本机与数据库：环境、端口、权限与各项保护"


def main(argv: list[str]) -> int:
    """Print every line; 1 when one of them is grave."""
    argparse.ArgumentParser(prog="./yilianti doctor", description=SUMMARY).parse_args(argv)
    place = home.current()
    lines = [*installation.lines(place), *opening.lines()]
    try:
        checks.production()
        named = database.external(dict(os.environ))
        if named:
            database.check(named.application)
        addresses = named or database.running(place)
        os.environ["DATABASE_URL"] = addresses.application if addresses else database.for_command()
    except Trouble as trouble:
        lines.append(Line(GRAVE, "数据库", str(trouble)))
    else:
        lines += server.lines()
        lines += rights.lines()
    for line in lines:
        print(f"{line.mark} {line.name}：{line.text}")
    grave = sum(line.mark == GRAVE for line in lines)
    print(f"\n共 {len(lines)} 项，{grave} 项有问题。" if grave else f"\n共 {len(lines)} 项，没有问题（△ 为提示）。")
    return 1 if grave else 0
