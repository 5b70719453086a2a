"""Adding an edition to this installation's own policies: one writer at a time, whole or not at all, then locked.

A kill at any point leaves either the file as it was or the edition complete; doing it again then finds the edition there.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from yilianti.policybook import fingerprints, reading
from yilianti.policybook.edition import Edition
from yilianti.policybook.errors import PolicyError


class DayTaken(Exception):
    """The file holds another edition from that day already."""

    def __init__(self, edition: Edition) -> None:
        super().__init__(edition.policy_ref)
        self.edition = edition


@dataclass(frozen=True)
class Sheet:
    """One edition to be written: where it belongs, the head of its file if that is new, and its [[edition]] block."""

    code: str
    place: str
    effective_from: date
    head: str
    block: str

    def path(self, local: Path) -> Path:
        """`local` is the folder of all consortia's own policies."""
        return local.joinpath(self.place.removeprefix("local/"), *self.code.split(".")).with_suffix(".toml")

    def text(self, before: str) -> str:
        return f"{(before or self.head).rstrip()}\n\n{self.block.strip()}\n"

    def within(self, local: Path) -> tuple[Edition, ...]:
        """The file's editions as they would be with this one; raises PolicyError."""
        path = self.path(local)
        return reading.parse(self.text(_text(path)), path, self.code, self.place)


def add(local: Path, sheet: Sheet, *, tables: Mapping[str, str] | None = None, locks: bool = True) -> Edition:
    """Write the edition with the CSV files beside it (name → text); the same once more changes nothing. Raises DayTaken, PolicyError, OSError."""
    path = sheet.path(local)
    with _one_writer(local):
        before = _text(path)
        known = _of_day(reading.read(path, sheet.code, sheet.place), sheet.effective_from) if before else None
        if known is not None:
            if tables or not _same(known, _of_day(reading.parse(f"{sheet.head}\n{sheet.block}", path, sheet.code, sheet.place), sheet.effective_from)):
                raise DayTaken(known)
            return _locked(local, known)
        written = _write(path, sheet, before, tables or {})
        return _locked(local, written) if locks else written


def _write(path: Path, sheet: Sheet, before: str, tables: Mapping[str, str]) -> Edition:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        for name, text in tables.items():
            _replace(path.with_name(name), text)
        editions = reading.parse(sheet.text(before), path, sheet.code, sheet.place)
        _replace(path, sheet.text(before))
    except (PolicyError, OSError):
        # Half an edition must not stay: the running platform reads this folder.
        for name in tables:
            path.with_name(name).unlink(missing_ok=True)
        raise
    written = _of_day(editions, sheet.effective_from)
    assert written is not None
    return written


def _locked(local: Path, edition: Edition) -> Edition:
    fingerprints.add(fingerprints.read(local / fingerprints.LOCK), [edition])
    return edition


def _of_day(editions: tuple[Edition, ...], day: date) -> Edition | None:
    return next((edition for edition in editions if edition.effective_from == day), None)


def _same(known: Edition, fresh: Edition | None) -> bool:
    """The same values on the same authority, whatever the head of the file says meanwhile."""
    return fresh is not None and (known.given, known.authorised_by, known.corrects) == (fresh.given, fresh.authorised_by, fresh.corrects)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


@contextmanager
def _one_writer(local: Path) -> Iterator[None]:
    """Processes that write here wait for one another."""
    local.mkdir(parents=True, exist_ok=True)
    with (local / ".writer").open("w") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        yield


def _replace(path: Path, text: str) -> None:
    """The new text or the old one, never a part, also after a loss of power."""
    fresh = path.with_name(f".{path.name}.new")
    with fresh.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
