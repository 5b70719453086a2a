"""The folder of backups: where it is, what it holds, and who may work in it now."""

from __future__ import annotations

import contextlib
import fcntl
import gzip
import hashlib
import json
import os
import re
import shutil
import tarfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from yilianti.cli.home import Home, Trouble

SEGMENT = re.compile(r"[0-9A-F]{24}")
DRAFT = ".making-"


@dataclass(frozen=True)
class Store:
    """`full/<id>/` with a manifest each, `wal/` with what happened since, `drills/` with the reports."""

    folder: Path

    @property
    def full(self) -> Path:
        return self.folder / "full"

    @property
    def wal(self) -> Path:
        return self.folder / "wal"

    @property
    def drills(self) -> Path:
        return self.folder / "drills"

    def make(self) -> None:
        try:
            for folder in (self.folder, self.full, self.wal, self.drills):
                folder.mkdir(parents=True, exist_ok=True)
            self.full.chmod(0o700)
        except OSError as error:
            raise Trouble(f"备份目录 {self.folder} 用不了（{error.strerror}）；请检查 YILIANTI_BACKUP 所指的磁盘是否挂上、是否可写。") from error

    def manifests(self) -> list[dict[str, Any]]:
        """What each whole backup says about itself, oldest first; drafts and half-copied ones are not among them."""
        found = []
        for path in sorted(self.full.glob("[0-9]*/manifest.json")):
            with contextlib.suppress(OSError, ValueError):
                found.append(json.loads(path.read_text(encoding="utf-8")) | {"folder": str(path.parent)})
        return found

    def one(self, name: str = "") -> dict[str, Any]:
        """The backup of that id, or the newest; Trouble when there is none."""
        found = [manifest for manifest in self.manifests() if not name or manifest["id"] == name]
        if not found:
            raise Trouble(f"{self.folder} 里没有{f'编号为 {name} 的' if name else ''}全量备份；请先执行 ./yilianti backup，或用 --from 指定备份目录。")
        return found[-1]

    def segments(self) -> list[str]:
        """Names of the WAL segments kept, in order."""
        return sorted(path.name[:24] for path in self.wal.glob("*.gz") if SEGMENT.fullmatch(path.name[:-3]))

    def next_id(self) -> str:
        """The moment as a name nobody has yet: of two backups within a second the later waits for the next one."""
        while (self.full / (name := time.strftime("%Y%m%d-%H%M%S"))).exists():
            time.sleep(0.1)
        return name

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """One backup, restore or removal at a time; the second steps back at once."""
        with (self.folder / ".lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise Trouble(f"{self.folder} 里正有另一个备份或恢复在进行，本次让开，什么也没有改动；请等它结束再试。") from None
            yield


def of(home: Home) -> Store:
    """YILIANTI_BACKUP, else a folder in the home."""
    given = os.environ.get("YILIANTI_BACKUP")
    return Store(Path(given).expanduser().resolve() if given else home.path / "backups")


def same_disk(home: Home, store: Store) -> bool:
    """Whether a broken disk would take data and backups together."""
    place = store.folder
    while not place.exists():
        place = place.parent
    return place.stat().st_dev == home.path.stat().st_dev


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def settle(folder: Path) -> None:
    """Everything in `folder` is on the disk before anything says that it is there."""
    for path in [*folder.rglob("*"), folder]:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def unpack(source: Path, target: Path) -> None:
    with gzip.open(source) as packed, target.open("wb") as plain:
        shutil.copyfileobj(packed, plain, 1 << 20)


def extract(archive: tarfile.TarFile, into: Path) -> None:
    """Everything below `into` and nothing outside it; Python before 3.11.4 (Debian 12) has no filter of its own."""
    if hasattr(tarfile, "data_filter"):
        archive.extractall(into, filter="data")
        return
    for member in archive:
        target = (into / member.name).resolve()
        if into.resolve() not in (target, *target.parents) or not (member.isfile() or member.isdir()):
            raise Trouble(f"备份中的 {member.name} 指到目录之外，已拒绝；请换用另一份备份。")
        archive.extract(member, into)
