"""Sections 5 and 6 of SCP-ECG: the reference beat and the rhythm, differences undone, low-rate parts interpolated, the reference beat added again."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from yilianti.gateways.ecg_devices.refusing import damaged, no_rate, truncated, unsupported
from yilianti.gateways.ecg_devices.scp import huffman
from yilianti.gateways.ecg_devices.scp.layout import Beats, Place
from yilianti.record.recordings import api as recordings


@dataclass(frozen=True)
class Block:
    """The shared head of sections 5 and 6: nV per count, µs per sample, differences (0, 1, 2), bimodal, the bytes of each lead."""

    nanovolts: int
    microseconds: int
    differences: int
    bimodal: bool
    parts: tuple[bytes, ...]


def block(body: bytes, leads: int, number: int) -> Block:
    """Section 5 or 6."""
    if len(body) < 6 + 2 * leads:
        raise truncated(f"第 {number} 节", f"section {number}")
    nanovolts, microseconds, differences, bimodal = struct.unpack_from("<HHBB", body)
    if microseconds == 0:
        raise no_rate(f"（第 {number} 节）", f" (section {number})")
    if nanovolts == 0:
        raise recordings.Unreadable("no_scale", f"SCP-ECG 第 {number} 节的幅值单位为零，无法换算成微伏。请重新导出。", f"The amplitude unit of section {number} is zero.")
    if differences > 2:
        raise unsupported("encoding", f"SCP-ECG 第 {number} 节的差分编码 {differences} 未知", f"The difference encoding {differences} of section {number} is unknown")
    parts, place = [], 6 + 2 * leads
    for length in struct.unpack_from(f"<{leads}H", body, 6):
        if place + length > len(body):
            raise truncated(f"第 {number} 节的导联数据", f"the lead data of section {number}")
        parts.append(body[place : place + length])
        place += length
    return Block(nanovolts, microseconds, differences, number == 6 and bimodal == 1, tuple(parts))


def unpacked(part: bytes, count: int, differences: int, known: tuple[tuple[huffman.Code, ...], ...] | None) -> np.ndarray:
    """`count` samples of one lead: Huffman coded where section 2 is there, else 16-bit; then differences undone."""
    if known is not None:
        values = huffman.decode(part, known, count)
    elif len(part) < 2 * count:
        raise truncated(f"导联应有 {count} 个样本，实有 {len(part) // 2} 个", f"a lead should have {count} samples and has {len(part) // 2}")
    else:
        values = np.frombuffer(part, dtype="<i2", count=count).astype(np.int64)
    return _summed(values, differences)


def _summed(values: np.ndarray, differences: int) -> np.ndarray:
    """First differences begin with the first sample, second differences with the first two."""
    if differences == 1:
        return np.cumsum(values)
    if differences == 2 and len(values) > 2:
        slope = np.cumsum(np.concatenate(([values[1] - values[0]], values[2:])))
        return np.concatenate((values[:1], values[0] + np.cumsum(slope)))
    return values


def zones(place: Place, beats: Beats) -> list[tuple[int, int]]:
    """Protected zones that lie within a lead, in order, none over another; as samples from 1, both ends included."""
    found, last = [], place.start - 1
    for start, end in sorted(beat.zone for beat in beats.found if 0 < beat.zone[0] <= beat.zone[1]):
        start, end = max(start, last + 1), min(end, place.end)
        if start <= end:
            found.append((start, end))
            last = end
    return found


def stored_length(place: Place, protected: Sequence[tuple[int, int]], factor: int) -> int:
    """How many samples a bimodal lead stores: all of the protected zones, one of every `factor` outside and what is left over there."""
    return sum(size if kept else size // factor + size % factor for size, kept in _stretches(place, protected))


def expanded(values: np.ndarray, place: Place, protected: Sequence[tuple[int, int]], factor: int) -> np.ndarray:
    """A bimodal lead at its full rate. A low-rate sample stands in the middle of its group; between two of them straight lines; before the first
    and after the last of a stretch its own value; what is left over at the end of a stretch is there as it was."""
    parts, at = [], 0
    for size, kept in _stretches(place, protected):
        groups, over = (0, size) if kept else divmod(size, factor)
        if groups:
            centres = np.arange(groups) * factor + factor // 2
            parts.append(np.interp(np.arange(groups * factor), centres, values[at : at + groups]))
        parts.append(values[at + groups : at + groups + over].astype(np.float64))
        at += groups + over
    return np.concatenate(parts)


def _stretches(place: Place, protected: Sequence[tuple[int, int]]) -> list[tuple[int, bool]]:
    """(samples, whether protected) from the first to the last sample of a lead."""
    found, last = [], place.start - 1
    for start, end in protected:
        found += [(start - 1 - last, False), (end - start + 1, True)]
        last = end
    return [*found, (place.end - last, False)]


def with_reference(values: np.ndarray, reference: np.ndarray, place: Place, beats: Beats) -> np.ndarray:
    """The reference beat added where it was taken away, fiducial point upon fiducial point; both in the same unit."""
    whole = values.astype(np.result_type(values, reference), copy=True)
    for beat in beats.found:
        if beat.kind != 0 or not 0 < beat.start <= beat.end:
            continue
        shift = beats.fiducial - beat.fiducial  # sample t of the lead is sample t + shift of the reference beat
        first, last = max(beat.start, place.start, 1 - shift), min(beat.end, place.end, len(reference) - shift)
        if first <= last:
            whole[first - place.start : last - place.start + 1] += reference[first + shift - 1 : last + shift]
    return whole


def factor_of(rhythm: Block, reference: Block | None, *, subtracted: bool) -> int:
    """How many samples of full rate one low-rate sample stands for; 1 where all is at full rate."""
    if reference is None or reference.microseconds == rhythm.microseconds or not (rhythm.bimodal or subtracted):
        return 1
    factor, rest = divmod(rhythm.microseconds, reference.microseconds)
    if rest or not 1 < factor <= 16:
        raise damaged("第 5 节与第 6 节的采样间隔不成整数倍", "the intervals of sections 5 and 6 are no multiples of each other")
    return factor
