"""Keeping the number of files of a month small: many small parts become one, and no version of a row is lost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from yilianti.insight.facts import folders
from yilianti.insight.facts.folders import Part
from yilianti.insight.facts.reading import Session

MOST = 24


def compact(session: Session, touched: Iterable[Path]) -> int:
    """Merge where a month has more than `MOST` parts; returns how many months were merged."""
    merged = 0
    for folder in touched:
        found = folders.parts(folder)
        if len(found) > MOST:
            chosen = tail([part.path.stat().st_size for part in found], found)
            with folders.whole(folder / folders.part_name(chosen[0].after, chosen[-1].upto)) as draft:
                session.merge(chosen, draft)
            merged += 1
            folders.sweep([folder])
    return merged


def tail(sizes: Sequence[int], found: Sequence[Part]) -> Sequence[Part]:
    """The newest parts, back to the first that is more than twice as large as all after it: a row is copied a few times in all."""
    start = len(found) - 1
    rest = 0
    for place in range(len(found) - 1, -1, -1):
        if place < len(found) - 2 and sizes[place] > 2 * rest:
            break
        start, rest = place, rest + sizes[place]
    return found[start:]
