"""Anchors of the journal outside the database: its head, signed and chained, line by line in a file that is only added to.

Whoever may do everything in the database can cut off the end of the journal, or write all of it anew with fitting hashes; against
the anchors both show. Copied away (`journal.anchors` is one small file), they hold against whoever owns the machine as well.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from django.conf import settings

from yilianti.kernel import sealing
from yilianti.kernel.crypto import encryption, signing
from yilianti.kernel.models import JournalSeal
from yilianti.kernel.sealing import Broken, digest

_SIGNER = "anchors"
_CHUNK = 2000


@dataclass(frozen=True)
class Anchor:
    """The journal's head as it was: number and hash of the last seal; `because` where a person began anew after a restore."""

    number: int
    hash: str
    at: str
    previous: str
    key: int
    because: str = ""

    def text(self) -> str:
        """What is signed."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def path() -> Path:
    return Path(settings.ANCHORS_DIR) / "journal.anchors"


def append(at: datetime, because: str = "") -> Anchor | None:
    """Write down the present head; None where it is already there. OSError when the file cannot be written."""
    head = JournalSeal.objects.order_by("-number").first()
    if head is None:
        return None
    with _held() as file:
        lines = list(_lines(file))
        if lines and not because and _read(lines[-1], len(lines)).number >= head.number:
            return None
        previous = digest("sm3", lines[-1]) if lines else sealing.GENESIS
        signer = signing.key_number(_SIGNER)
        anchor = Anchor(head.number, head.hash, at.astimezone(UTC).isoformat(timespec="seconds"), previous, signer, because)
        signature = signing.sign(anchor.text().encode(), as_=_SIGNER).signature.hex()
        file.seek(sum(len(line.encode()) + 1 for line in lines))
        file.truncate()  # half a line of a writer that was killed
        file.write(f"{anchor.text()}\t{signature}\n".encode())
        file.flush()
        os.fsync(file.fileno())
        return anchor


def verify() -> tuple[int, int]:
    """The chain, then the anchors against it: (sealed entries, entries not yet sealed). Raises Broken at the first fault."""
    sealed, unsealed = sealing.verify()
    compare()
    return sealed, unsealed


def compare() -> int:
    """Every anchor since the last new beginning against the seals; how many there are. Raises Broken and names the place."""
    anchors = _anchors()
    begun = max((place for place, anchor in enumerate(anchors) if anchor.because), default=0)
    standing, last_good = anchors[begun:], None
    for start in range(0, len(standing), _CHUNK):
        part = standing[start : start + _CHUNK]
        seals = dict(JournalSeal.objects.filter(number__in=[anchor.number for anchor in part]).values_list("number", "hash"))
        for anchor in part:
            if anchor.number not in seals:
                raise Broken(_cut_off(anchor))
            if seals[anchor.number] != anchor.hash:
                after = f"第 {last_good.number} 号之后、" if last_good else ""
                raise Broken(f"第 {anchor.number} 号封签与 {anchor.at} 的锚点不符：{after}第 {anchor.number} 号及以前的日志被整体改写过。")
            last_good = anchor
    return len(standing)


def _cut_off(anchor: Anchor) -> str:
    last = JournalSeal.objects.order_by("-number").values_list("number", flat=True).first() or 0
    return f"锚点记有第 {anchor.number} 号封签（{anchor.at}），数据库中只到第 {last} 号：日志尾部被截去，或数据库恢复到了较早的时间。"


def _anchors() -> list[Anchor]:
    """All anchors, their chain and the last signature checked: it vouches for every line before it."""
    if not path().exists():
        return []
    with path().open("rb") as file:
        lines = list(_lines(file))
    anchors, previous = [], sealing.GENESIS
    for place, line in enumerate(lines, start=1):
        anchor = _read(line, place)
        if anchor.previous != previous:
            raise Broken(f"锚点文件 {path()} 第 {place} 行与上一行接不上：文件被改动或缺行。")
        anchors.append(anchor)
        previous = digest("sm3", line)
    if lines and not _is_ours(anchors[-1], lines[-1]):
        raise Broken(f"锚点文件 {path()} 第 {len(lines)} 行的签名不符：文件被改动，或不是本机密钥所签。")
    return anchors


def _is_ours(anchor: Anchor, line: str) -> bool:
    key = encryption.ring().find(f"sign.{_SIGNER}", anchor.key)
    signature = line.partition("\t")[2]
    return key is not None and signing.verify(anchor.text().encode(), bytes.fromhex(signature), key.certificate)


def _read(line: str, place: int) -> Anchor:
    try:
        text, _, signature = line.partition("\t")
        bytes.fromhex(signature)
        anchor = Anchor(**json.loads(text))
    except (ValueError, TypeError) as fault:
        raise Broken(f"锚点文件 {path()} 第 {place} 行读不出：文件被改动。") from fault
    if anchor.text() != text:
        raise Broken(f"锚点文件 {path()} 第 {place} 行被改动。")
    return anchor


def _lines(file: IO[bytes]) -> Iterator[str]:
    """Whole lines; one that was being written when its writer was killed does not count."""
    file.seek(0)
    yield from file.read().decode("utf-8", "replace").split("\n")[:-1]


@contextmanager
def _held() -> Iterator[IO[bytes]]:
    path().parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path(), os.O_RDWR | os.O_CREAT, 0o640), "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file
