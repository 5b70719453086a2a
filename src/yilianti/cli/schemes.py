"""What the commands on grouping schemes have alike: where schemes lie, how their names are spelled, how a refusal is said."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

_SHOWN = 30


def folder(kind: str) -> Path:
    """Where this installation keeps its schemes of a kind (drg, dip)."""
    from yilianti.cli import home

    return home.current().path / kind


def name(text: str) -> str:
    """A scheme's name on the command line."""
    if not text.replace("-", "").replace("_", "").replace(".", "").isalnum() or not text[0].isalnum() or len(text) > 40:
        raise argparse.ArgumentTypeError(f"方案名称“{text}”只能用字母、数字、汉字和 - _ .，最多 40 个字")
    return text


def run(work: Callable[[], int]) -> int:
    """0 when done; 2 when tables, cases or arguments are refused, and then nothing has been written."""
    from yilianti.kernel.finding import Refused
    from yilianti.settlement.claims import grouping

    try:
        return work()
    except (grouping.SchemeRefused, grouping.CasesRefused) as refusal:
        _say(refusal.faults, getattr(refusal, "more", 0))
    except Refused as refusal:
        _say([refusal.zh], 0)
    except OSError as trouble:
        print(f"✗ {trouble.filename}：{trouble.strerror}；请核对文件名和读写权限。", file=sys.stderr)
        return 2
    print("✗ 没有写入任何内容。", file=sys.stderr)
    return 2


def apart(source: Path, *targets: Path | None) -> None:
    """Refuse a result that would be written over what it is made from, or over another result."""
    from yilianti.settlement.claims import grouping

    paths = [one.resolve() for one in (source, *targets) if one is not None]
    if len(set(paths)) < len(paths):
        raise grouping.CasesRefused(["--in 与 --out 是同一个文件；请另写一个结果文件名。"])


def _say(faults: list[str], more: int) -> None:
    for fault in faults[:_SHOWN]:
        print(f"✗ {fault}", file=sys.stderr)
    rest = len(faults[_SHOWN:]) + more
    if rest:
        print(f"  ……另有 {rest} 处", file=sys.stderr)
