"""The header file of a WFDB record: one line for the record, one for each signal, comments."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from yilianti.gateways.ecg_devices.markup import number
from yilianti.gateways.ecg_devices.refusing import absurd, damaged, no_rate, unsupported
from yilianti.record.recordings import api as recordings

_FORMAT = re.compile(r"(\d+)(?:x(\d+))?(?::(\d+))?(?:\+(\d+))?$")
_GAIN = re.compile(r"([-+]?[\d.]+(?:[eE][-+]?\d+)?)(?:\((-?\d+)\))?(?:/(\S+))?$")


@dataclass(frozen=True)
class Signal:
    """One signal line: file, storage format, skew and offset in it; counts per unit, zero, checksum."""

    file: str
    format: int
    skew: int
    start: int
    gain: float
    baseline: float
    unit: str
    checksum: int | None
    name: str


@dataclass(frozen=True)
class Header:
    """A record: its name, rate, length (0 where the header gives none) and signals."""

    name: str
    rate: float
    samples: int
    started_at: datetime | None
    signals: tuple[Signal, ...]
    comments: tuple[str, ...]


def looks_like(content: bytes) -> bool:
    """Whether the bytes begin as a WFDB header does."""
    head = content[:4096]
    if b"\0" in head:
        return False
    lines = [line for line in head.decode("latin-1").splitlines() if line.strip() and not line.startswith("#")]
    return len(lines) > 1 and re.match(r"\S+ +\d+( +[\d.]+\S*( +\d+.*)?)?\s*$", lines[0]) is not None and re.match(r"(?=\S*[A-Za-z~])\S+ +\d+(x\d+)?(:\d+)?(\+\d+)?( |$)", lines[1]) is not None


def parse(content: bytes) -> Header:
    """The header, or why it cannot be used."""
    text, _ = recordings.undeclared(content[:1_000_000])
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    rows = [line.split() for line in lines if not line.startswith("#")]
    comments = tuple(recordings.clean(line.lstrip("# ")) for line in lines if line.startswith("#"))
    if not rows or len(rows[0]) < 2 or not rows[0][1].isdigit():
        raise damaged("WFDB 头文件的第一行不完整", "the first line of the WFDB header is incomplete")
    first = rows[0]
    if "/" in first[0]:
        raise unsupported("segments", "分段的 WFDB 记录不支持，请导出为一段", "A multi-segment WFDB record is not supported")
    count = int(first[1]) if len(first[1]) < 6 else 99_999
    if not 0 < count <= 64:
        raise absurd(f"{count} 个信号", f"{count} signals")
    if len(rows) - 1 < count:
        raise damaged(f"WFDB 头文件声明 {count} 个信号，只有 {len(rows) - 1} 行", f"the WFDB header declares {count} signals and has {len(rows) - 1} lines")
    return Header(first[0], _rate(first), _samples(first), _moment(first), tuple(_signal(row) for row in rows[1 : count + 1]), comments)


def _rate(first: list[str]) -> float:
    """250 samples a second where the header gives none, as the format's own definition has it."""
    value = number(first[2].partition("/")[0].partition("(")[0]) if len(first) > 2 else 250.0
    if not value or value < 0:
        raise no_rate("（WFDB 头文件第一行）", " (first line of the WFDB header)")
    return value


def _samples(first: list[str]) -> int:
    if len(first) < 4:
        return 0
    if not first[3].isdigit() or len(first[3]) > 15:
        raise damaged("WFDB 头文件的样本数不是数字", "the number of samples in the WFDB header is no number")
    return int(first[3])


def _moment(first: list[str]) -> datetime | None:
    if len(first) < 6:
        return None
    for shape in ("%d/%m/%Y %H:%M:%S.%f", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M"):
        try:
            return datetime.strptime(f"{first[5]} {first[4]}"[:40], shape)  # noqa: DTZ007 - the file names no zone
        except ValueError:
            continue
    return None


def _signal(row: list[str]) -> Signal:
    kind = _FORMAT.match(row[1]) if len(row) > 1 else None
    if kind is None or any(part and len(part) > 9 for part in kind.groups()):
        raise damaged("WFDB 头文件的信号行没有存储格式", "a signal line of the WFDB header has no storage format")
    if (kind[2] or "1") != "1":
        raise unsupported("mixed_rates", "WFDB 信号的采样率互不相同，不支持", "WFDB signals with different rates are not supported")
    gain = _GAIN.match(row[2]) if len(row) > 2 else None
    value = number(gain[1]) if gain else None
    zero = number(row[4]) if len(row) > 4 else 0.0
    checksum = number(row[6]) if len(row) > 6 else None
    return Signal(
        row[0], int(kind[1]), int(kind[3] or 0), int(kind[4] or 0), value or 200.0, float(gain[2]) if gain and gain[2] else zero or 0.0, (gain[3] if gain else None) or "mV",
        None if checksum is None else int(checksum), recordings.lead_name(" ".join(row[8:]) or f"signal {row[0]}"),
    )  # fmt: skip
