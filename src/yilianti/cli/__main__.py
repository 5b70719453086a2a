"""./yilianti <command>: one module per command in yilianti.cli.commands."""

from __future__ import annotations

import ast
import importlib
import os
import pkgutil
import sys
from pathlib import Path

from yilianti.cli import commands
from yilianti.cli.home import Trouble


def names() -> list[str]:
    """Every command as typed, with dashes."""
    return sorted(module.name.replace("_", "-") for module in pkgutil.iter_modules(commands.__path__))


def summary(name: str) -> str:
    """The command's SUMMARY, read without importing what the command needs."""
    path = Path(commands.__path__[0], name.replace("-", "_") + ".py")
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.AnnAssign | ast.Assign) and node.value is not None:
            targets = [node.target] if isinstance(node, ast.AnnAssign) else node.targets
            if any(isinstance(target, ast.Name) and target.id == "SUMMARY" for target in targets):
                return str(ast.literal_eval(node.value))
    return ""


def overview() -> str:
    """The list shown when no command is given."""
    lines = [f"  {name:<16}{summary(name)}" for name in names()]
    return "用法：./yilianti <命令> [参数]\n\n" + "\n".join(lines)


def main(argv: list[str]) -> int:
    if not argv or argv[0] in ("-h", "--help", "help"):
        print(overview())
        return 0
    name, rest = argv[0], argv[1:]
    if name not in names():
        print(f"✗ 没有命令“{name}”。\n\n{overview()}", file=sys.stderr)
        return 2
    module = importlib.import_module(f"yilianti.cli.commands.{name.replace('-', '_')}")
    try:
        return int(module.main(rest) or 0)
    except Trouble as trouble:
        print(f"✗ {trouble}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except BrokenPipeError:  # ./yilianti … | head
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
