"""WFDB records (PhysioNet): a header and its signal files, given together."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath

import numpy as np

from yilianti.gateways.ecg_devices import units
from yilianti.gateways.ecg_devices.markup import number, sex
from yilianti.gateways.ecg_devices.refusing import damaged, truncated
from yilianti.gateways.ecg_devices.wfdb import signals
from yilianti.gateways.ecg_devices.wfdb.header import Header, Signal, parse
from yilianti.record.recordings import api as recordings


def read(content: bytes, files: Mapping[str, bytes]) -> recordings.Tracing:
    """The record whose header is `content`; `files` holds the signal files by name, in whatever folder they were."""
    header = parse(content)
    given = {PurePosixPath(name.replace("\\", "/")).name.lower(): raw for name, raw in files.items()}
    columns: dict[int, np.ndarray] = {}
    for file in dict.fromkeys(signal.file for signal in header.signals):
        members = [place for place, signal in enumerate(header.signals) if signal.file == file]
        columns |= zip(members, _columns(header, file, members, given), strict=True)
    leads, notes = recordings.side_by_side([(_lead(signal, columns[place]), 0) for place, signal in enumerate(header.signals)])
    return recordings.Tracing(
        format=recordings.Format.WFDB, leads=leads, rate=header.rate, started_at=header.started_at, subject=_subject(header), statements=_statements(header), key=header.name,
        notes=(*notes, *_remarks(header)),
    )  # fmt: skip


def _columns(header: Header, file: str, members: list[int], given: Mapping[str, bytes]) -> list[np.ndarray]:
    raw = given.get(PurePosixPath(file.replace("\\", "/")).name.lower())
    if raw is None:
        raise recordings.Unreadable("companion_missing", f"WFDB 记录还缺数据文件“{file[:80]}”。请把 .hea 与数据文件一起选中，或打成一个 zip。", f"The signal file '{file[:80]}' is missing; give it with the header.")
    first = header.signals[members[0]]
    if any(header.signals[place].format != first.format for place in members):
        raise damaged("同一数据文件里的信号存储格式不同", "signals of one file have different storage formats")
    if first.start > len(raw):
        raise truncated("WFDB 数据文件比它的文件头还短", "the WFDB signal file is shorter than its prolog")
    raw, bits = raw[first.start :], signals.FORMATS.get(first.format, (8, None))[0]
    samples = header.samples or len(raw) * 8 // (bits * len(members))
    recordings.within(samples * len(members))
    frames = signals.frames(raw, first.format, len(members), samples)
    return [frames[:, column] for column in range(len(members))]


def _lead(signal: Signal, counts: np.ndarray) -> recordings.Lead:
    if signal.checksum is not None and (int(counts.sum(dtype=np.int64)) - signal.checksum) % 65536:
        raise recordings.Unreadable("checksum", f"{signal.name} 导联的校验和不符：数据文件已损坏或与头文件不是一对。请重新导出。", f"The checksum of lead {signal.name} does not match; export again.")
    nothing = signals.FORMATS[signal.format][1]
    samples = np.ascontiguousarray(counts)
    if (samples == nothing).any():
        samples = np.where(samples == nothing, np.nan, samples)
    if signal.skew:
        late = min(signal.skew, len(samples))
        samples = np.concatenate((samples[late:], np.full(late, np.nan)))
    unit = units.microvolts(signal.unit)
    return recordings.Lead(signal.name, samples, unit / signal.gain, -signal.baseline * unit / signal.gain)


def _remarks(header: Header) -> tuple[str, ...]:
    skewed = [signal.name for signal in header.signals if signal.skew]
    return (f"按头文件的 skew 对齐了导联：{'、'.join(skewed)}",) if skewed else ()


def _comment(header: Header, word: str) -> str:
    found = (re.match(rf"{word}\s*[:：]\s*(.+)$", line, re.I) for line in header.comments)
    return next((match[1].strip() for match in found if match), "")


def _subject(header: Header) -> recordings.Subject:
    words = {word: _comment(header, word) for word in ("age", "sex", "name", "id")}
    return recordings.Subject(identifier=words["id"][:80], name=recordings.full_name(words["name"]), sex=sex(words["sex"]), age_years=number(words["age"]))


def _statements(header: Header) -> tuple[str, ...]:
    """Diagnosis codes of the comment `Dx`, as they stand."""
    return tuple(f"Dx {code.strip()}" for code in _comment(header, "dx").split(",") if code.strip() and code.strip().lower() != "unknown")
