"""Where facts lie: `<home>/facts/<generation>/<table>/<month>/<after>-<upto>.parquet`, named by the journal seals they cover.

A file is never changed. Its name says that it holds what the entries after seal `after` up to `upto` touched, so that writing it
again is the same file, and a file whose span lies inside another's has been merged into it and counts no longer.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

#: A merged part stays this long for those who had begun to read it.
GRACE_SECONDS = 60.0


@dataclass(frozen=True, order=True)
class Part:
    """One file: the span of seals (after, upto] it covers."""

    after: int
    upto: int
    path: Path

    def holds(self, other: Part) -> bool:
        """True when the other's span lies inside this one's."""
        return self is not other and self.after <= other.after and other.upto <= self.upto


@dataclass(frozen=True)
class Generation:
    """One complete set of files; a rebuild makes the next."""

    root: Path
    number: int

    @property
    def path(self) -> Path:
        return self.root / f"{self.number:04d}"

    def folder(self, table: str, month: date) -> Path:
        return self.path / table / f"{month:%Y-%m}"

    def months(self, table: str) -> list[date]:
        """Months for which there are files, oldest first."""
        names = sorted(path.name for path in (self.path / table).glob("[0-9]*-[0-9]*"))
        return [date.fromisoformat(f"{name}-01") for name in names]

    def folders(self) -> Iterator[Path]:
        return self.path.glob("*/*-*")


def part_name(after: int, upto: int) -> str:
    return f"{after:012d}-{upto:012d}.parquet"


def parts(folder: Path) -> list[Part]:
    """The files of one month that count, in the order of the journal."""
    found = sorted(part for path in folder.glob("*.parquet") if (part := _part(path)))
    return [part for part in found if not any(other.holds(part) for other in found)]


def _part(path: Path) -> Part | None:
    after, _, upto = path.stem.partition("-")
    return Part(int(after), int(upto), path) if after.isdigit() and upto.isdigit() else None


@contextmanager
def whole(target: Path) -> Iterator[Path]:
    """Write to the path given, and it becomes `target` whole or not at all, safe on the disk."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = target.with_suffix(".new")
    yield draft
    _sync(draft)
    draft.replace(target)
    _sync(target.parent)


def sweep(folders: Iterable[Path]) -> None:
    """Remove what was merged away a while ago."""
    for folder in folders:
        counting = {part.path for part in parts(folder)}
        for path in folder.glob("*.parquet"):
            if path not in counting and time.time() - path.stat().st_mtime > GRACE_SECONDS:
                path.unlink(missing_ok=True)


def clear(generation: Generation, upto: int) -> None:
    """After a stop: drop other generations, half-written files, and files beyond what the watermark vouches for."""
    drop_generations(generation)
    for folder in list(generation.folders()):
        for draft in folder.glob("*.new"):
            draft.unlink(missing_ok=True)
        for path in folder.glob("*.parquet"):
            part = _part(path)
            if part is None or part.upto > upto:
                path.unlink(missing_ok=True)
    sweep(generation.folders())


def drop_generations(generation: Generation, *, keep_previous: bool = False) -> None:
    """Remove the files of other generations."""
    for path in generation.root.glob("[0-9]*"):
        if path != generation.path and not (keep_previous and path == Generation(generation.root, generation.number - 1).path):
            shutil.rmtree(path, ignore_errors=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
