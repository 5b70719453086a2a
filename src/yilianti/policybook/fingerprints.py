"""Fingerprints of editions, and the lock that keeps the past from changing silently."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yilianti.policybook.errors import PolicyError

if TYPE_CHECKING:
    from yilianti.policybook.edition import Edition, Head, Table

LOCK = "editions.lock"
_LINE = re.compile(r"(?P<print>[0-9a-f]{64})  (?P<ref>\S+)")
_PREAMBLE = "# 已生效版本的指纹：只增不改。由 ./yilianti policies lock 写入。\n"


def of(head: Head, block: Mapping[str, Any], table: Table | None) -> str:
    """SHA-256 over the canonical content of one edition; the wording of title and why, and who checks, may be mended."""
    content = {
        "code": head.code,
        "place": head.place,
        "status": str(head.status),
        "unit": head.unit,
        "head": head.extra.plain(),
        "edition": {key: value for key, value in block.items() if key != "table"},
        "table": [table.columns, *table.rows] if table else None,
    }
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()


@dataclass(frozen=True)
class Lock:
    """One `editions.lock`: policy_ref → fingerprint."""

    path: Path
    prints: Mapping[str, str]


def read(path: Path) -> Lock:
    """The lock at `path`; empty where there is none yet."""
    prints: dict[str, str] = {}
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        match = _LINE.fullmatch(line.strip())
        if match is None:
            raise PolicyError(path, f"第 {number} 行", "不是“指纹  版本”；请从版本库或备份恢复这个文件。")
        prints[match["ref"]] = match["print"]
    return Lock(path, prints)


def verify(lock: Lock, editions: Iterable[Edition]) -> None:
    """Raise PolicyError when an edition that the lock knows has changed or gone."""
    present = {edition.policy_ref: edition for edition in editions}
    for ref, fingerprint in lock.prints.items():
        edition = present.get(ref)
        if edition is None:
            raise PolicyError(
                lock.path,
                ref,
                "这个已生效的版本不见了；请恢复原文件，废止请加一个 repealed = true 的新版本，不要删除。",
            )
        if edition.fingerprint != fingerprint:
            raise PolicyError(
                edition.head.path,
                ref,
                "这个版本已经生效，内容却被改动；请恢复原文，另加一个新版本，并用 corrects 指明所更正的版本。",
            )


def missing(lock: Lock, editions: Iterable[Edition], day: date) -> list[Edition]:
    """Editions already in force on the day that the lock does not hold yet."""
    return [edition for edition in editions if edition.effective_from <= day and edition.policy_ref not in lock.prints]


def add(lock: Lock, editions: Iterable[Edition]) -> Lock:
    """Write the lock with these editions added; what it holds already stays as it is."""
    prints = {edition.policy_ref: edition.fingerprint for edition in editions} | dict(lock.prints)
    lines = [f"{prints[ref]}  {ref}\n" for ref in sorted(prints)]
    lock.path.parent.mkdir(parents=True, exist_ok=True)
    fresh = lock.path.with_suffix(".lock.new")
    fresh.write_text(_PREAMBLE + "".join(lines), encoding="utf-8")
    fresh.replace(lock.path)
    return Lock(lock.path, prints)
