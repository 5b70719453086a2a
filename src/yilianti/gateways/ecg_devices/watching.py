"""A folder into which carts write files: which are complete, what belongs together, where they go afterwards. Knows no clock and no database."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from yilianti.record.recordings import api as recordings

DONE, REFUSED = "done", "failed"
#: A file that nobody has written to for so long is complete; a record that lacks its other half waits so long before it is given up.
SETTLED_SECONDS, PATIENCE_SECONDS = 5.0, 300.0
_UNFINISHED = (".tmp", ".part", ".partial", ".crdownload", ".filepart", ".lock", "~")
_HEADERS, _DATA = (".hea",), (".dat", ".mat")


@dataclass(frozen=True)
class Arrival:
    """One recording: its file (of a WFDB record the header), and the files that belong to it."""

    path: Path
    others: tuple[Path, ...] = ()

    @property
    def paths(self) -> tuple[Path, ...]:
        return (self.path, *self.others)


def arrivals(folder: Path, *, now: float) -> list[Arrival]:
    """The complete recordings in a folder, the oldest first; `now` is seconds since 1970 as the file system counts them. Hidden, empty and
    unfinished files, links and sub-folders are passed over. A WFDB record is complete when both halves are; a lone half after its patience."""
    files = {path: status for path in _files(folder) if (status := _status(path)) is not None}
    settled = {path for path, status in files.items() if now - status.st_mtime >= SETTLED_SECONDS}
    found, taken = [], set[Path]()
    for path in sorted(settled, key=lambda one: (files[one].st_mtime, one.name)):
        if path in taken:
            continue
        mates = [one for one in files if one != path and one.stem == path.stem and _together(one, path)]
        if any(one not in settled for one in mates):
            continue
        if _kind(path) in _HEADERS + _DATA and not mates and now - files[path].st_mtime < PATIENCE_SECONDS:
            continue
        members = sorted([path, *mates], key=lambda one: (_kind(one) not in _HEADERS, one.name))
        taken |= set(members)
        found.append(Arrival(members[0], tuple(members[1:])))
    return found


def signature(arrival: Arrival) -> tuple[tuple[int, int], ...]:
    """Size and moment of each file: a recording that is still being copied, whatever moment it claims, has another one in the next round."""
    found = (path.stat(follow_symlinks=False) for path in arrival.paths)
    return tuple((status.st_size, status.st_mtime_ns) for status in found)


def within(root: Path, path: str) -> Path:
    """The folder of that name below `root`; OSError where it is missing, none, or leads elsewhere by a link."""
    named = Path(path)
    if named.is_absolute() or ".." in named.parts or not named.parts:
        raise PermissionError(f"{path} is not below the root")
    home, place = root.resolve(strict=True), (root / named).resolve(strict=True)
    if place != home / named or not place.is_dir():
        raise PermissionError(f"{path} leads elsewhere")
    return place


def taken(arrival: Arrival) -> tuple[bytes, dict[str, bytes], str]:
    """→ (content, companions by name, a key that is the same for the same bytes). A file above the limit is cut one byte beyond, where `read` refuses it."""
    content = _bytes(arrival.path)
    companions = {path.name: _bytes(path) for path in arrival.others}
    return content, companions, key(content, companions)


def key(content: bytes, companions: Mapping[str, bytes]) -> str:
    """SHA-256 over all files of a recording, whatever they are called: what was filed before is known by it when a process ended before moving it."""
    parts = (hashlib.sha256(part).digest() for part in (content, *(companions[name] for name in sorted(companions))))
    return hashlib.sha256(b"".join(parts)).hexdigest()


def done(arrival: Arrival, *, on: date) -> tuple[Path, ...]:
    """Move what was filed to `done/<day>/`; the new paths."""
    return _moved(arrival, DONE, on)


def refused(arrival: Arrival, refusal: recordings.Unreadable, *, on: date) -> tuple[Path, ...]:
    """Move what was refused to `failed/<day>/`, with a text file beside it that says why, in both languages."""
    places = _moved(arrival, REFUSED, on)
    reason = places[0].with_name(places[0].name + ".reason.txt")
    reason.write_text(f"{refusal.zh}\n{refusal.en}\n[{refusal.code}]\n", encoding="utf-8")
    return places


def _files(folder: Path) -> Iterable[Path]:
    with os.scandir(folder) as entries:
        for entry in entries:
            unfinished = entry.name.startswith((".", "~$")) or entry.name.lower().endswith(_UNFINISHED)
            if entry.is_file(follow_symlinks=False) and not unfinished:
                yield Path(entry.path)


def _status(path: Path) -> os.stat_result | None:
    """Nothing for a file that has gone or is still empty."""
    try:
        status = path.stat(follow_symlinks=False)
    except FileNotFoundError:
        return None
    return status if status.st_size else None


def _kind(path: Path) -> str:
    return path.suffix.lower()


def _together(one: Path, other: Path) -> bool:
    return _kind(one) in _HEADERS and _kind(other) in _DATA or _kind(one) in _DATA and _kind(other) in _HEADERS


def _bytes(path: Path) -> bytes:
    """Of a plain file only: what was exchanged for a link or a pipe since it was listed is not followed."""
    with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as opened:
        if not stat.S_ISREG(os.fstat(opened.fileno()).st_mode):
            raise PermissionError(f"{path.name} is no plain file")
        return opened.read(recordings.MAX_BYTES + 1)


def _moved(arrival: Arrival, where: str, on: date) -> tuple[Path, ...]:
    """All files of a recording into one folder under one number, so that a name that comes again replaces nothing."""
    folder = arrival.path.parent / where / on.isoformat()
    for step in (folder.parent, folder):
        if step.is_symlink():
            raise PermissionError(f"{step.name} leads elsewhere")
        step.mkdir(exist_ok=True)
    number = 1
    while any((folder / _numbered(path, number)).exists() for path in arrival.paths):
        number += 1
    places = tuple(folder / _numbered(path, number) for path in arrival.paths)
    for path, place in zip(arrival.paths, places, strict=True):
        path.replace(place)
    return places


def _numbered(path: Path, number: int) -> str:
    return path.name if number == 1 else f"{path.stem}-{number}{path.suffix}"
