"""The shelf: finds the policy files, reads what changed, keeps the book in memory.

Two roots: `policies/` shipped with the product, and `<home>/policies` of this installation, of which only `local/` is read.
A change on disk is noticed at most every `LOOK_EVERY` seconds; a faulty change leaves the last good book in use and is kept in `trouble`.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from yilianti.policybook import fingerprints, places, reading
from yilianti.policybook.book import Book
from yilianti.policybook.edition import Edition
from yilianti.policybook.errors import PolicyError

SHIPPED = Path(__file__).resolve().parents[3] / "policies"
LOOK_EVERY = 2.0
Mark = tuple[tuple[str, int, int], ...]


class Shelf:
    """Policies of one installation, reread when their files change."""

    def __init__(self, shipped: Path = SHIPPED, home: Path | None = None) -> None:
        self.shipped = shipped
        self.local = home / "policies" / "local" if home else None
        self.trouble: PolicyError | None = None
        self._book: Book | None = None
        self._mark: Mark = ()
        self._read: dict[Path, tuple[Mark, tuple[Edition, ...]]] = {}
        self._looked = 0.0
        self._turn = threading.Lock()

    def book(self) -> Book:
        """The current book; raises PolicyError only when there has never been a good one."""
        if self._book is not None and time.monotonic() - self._looked < LOOK_EVERY:
            return self._book
        # Where another thread is looking already, the last book will do.
        if self._turn.acquire(blocking=self._book is None):
            try:
                self._look()
            finally:
                self._turn.release()
        assert self._book is not None
        return self._book

    def refresh(self) -> Book:
        """Look at the files now; raises PolicyError when they are faulty."""
        with self._turn:
            self._look()
        if self.trouble is not None:
            raise self.trouble
        assert self._book is not None
        return self._book

    def locks(self) -> list[tuple[fingerprints.Lock, list[Edition]]]:
        """Each root's lock with the editions it guards."""
        book = self.book()
        roots = [root for root in (self.shipped, self.local) if root is not None]
        return [
            (fingerprints.read(root / fingerprints.LOCK), [e for e in book if e.head.path.is_relative_to(root)])
            for root in roots
        ]

    def _look(self) -> None:
        mark = _mark(path for root in (self.shipped, self.local) if root for path in _walk(root))
        if self._book is None or mark != self._mark:
            try:
                self._book, self.trouble = self._compile(), None
            except PolicyError as error:
                self.trouble = error
                if self._book is None:
                    raise
            self._mark = mark
        self._looked = time.monotonic()

    def _compile(self) -> Book:
        shipped = list(self._editions(self.shipped, ()))
        own = list(self._editions(self.local, ("local",))) if self.local else []
        book = Book([*shipped, *own])
        fingerprints.verify(fingerprints.read(self.shipped / fingerprints.LOCK), shipped)
        if self.local:
            fingerprints.verify(fingerprints.read(self.local / fingerprints.LOCK), own)
        return book

    def _editions(self, root: Path, above: tuple[str, ...]) -> Iterator[Edition]:
        for path in _walk(root):
            if path.suffix != ".toml":
                continue
            parts = (*above, *path.relative_to(root).with_suffix("").parts)
            split = places.place_of(parts)
            if split is None:
                raise PolicyError(
                    path, "", "不在 national/、provinces/<区划代码>/ 或 local/<医共体代码>/ 之下；请移到其中之一。"
                )
            yield from self._read_once(path, ".".join(split[1]), split[0])

    def _read_once(self, path: Path, code: str, place: str) -> tuple[Edition, ...]:
        mark = _mark(p for p in sorted(path.parent.iterdir()) if p == path or p.suffix == ".csv")
        known = self._read.get(path)
        if known is None or known[0] != mark:
            known = self._read[path] = (mark, reading.read(path, code, place))
        return known[1]


def _walk(root: Path) -> Iterator[Path]:
    """Policy files below a root in a fixed order; hidden ones and half-written ones are passed over."""
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.endswith((".toml", ".csv", ".lock")) and not name.startswith("."):
                yield Path(folder) / name


def _mark(paths: Iterable[Path]) -> Mark:
    found = []
    for path in paths:
        try:
            stat = path.stat()
        except FileNotFoundError:
            continue
        found.append((str(path), stat.st_mtime_ns, stat.st_size))
    return tuple(found)
