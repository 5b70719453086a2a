"""XLI, the compression of Philips' XML: per lead an LZW stream of 10-bit codes, then second differences."""

from __future__ import annotations

import struct

import numpy as np

from yilianti.gateways.ecg_devices.refusing import damaged, truncated
from yilianti.record.recordings import api as recordings

_BITS, _LAST = 10, (1 << 10) - 2


def leads(data: bytes, longest: int) -> list[np.ndarray]:
    """The leads of a block, int16 samples each; `longest` is how many samples a lead may have."""
    found: list[np.ndarray] = []
    place = 0
    while place + 8 <= len(data):
        size, _, first = struct.unpack_from("<ihh", data, place)
        if size < 0 or place + 8 + size > len(data):
            raise truncated(f"压缩波形的第 {len(found) + 1} 段被截断", f"compressed block {len(found) + 1} is cut off")
        found.append(_undone(_expanded(data[place + 8 : place + 8 + size], longest * 2), first))
        place += 8 + size
        if len(found) > 64:
            raise damaged("压缩波形的段数过多", "too many compressed blocks")
        recordings.within(sum(map(len, found)))
    return found


def _expanded(data: bytes, longest: int) -> bytes:
    """LZW with a dictionary that stops growing when it is full; a bomb ends at `longest` bytes."""
    known: list[bytes] = [bytes([one]) for one in range(256)]
    before, out = b"", bytearray()
    for code in _codes(data):
        if code > _LAST:
            break
        if code < len(known):
            word = known[code]
        elif code == len(known) and before:
            word = before + before[:1]
        else:
            raise damaged("压缩波形里有不存在的编码", "the compressed waveform uses a code that does not exist")
        if before and len(known) <= _LAST:
            known.append(before + word[:1])
        out += word
        before = word
        if len(out) > longest:
            raise recordings.Unreadable("bomb", "压缩波形展开后远大于声明的长度，不予读取。请重新导出。", "The compressed waveform expands far beyond its declared length.")
    return bytes(out)


def _codes(data: bytes) -> list[int]:
    count = len(data) * 8 // _BITS
    places = np.arange(count, dtype=np.int64) * _BITS
    wide = np.frombuffer(data + b"\0\0\0", dtype=np.uint8).astype(np.uint32)
    at = places >> 3
    window = (wide[at] << 16) | (wide[at + 1] << 8) | wide[at + 2]
    return list(((window >> (24 - _BITS - (places & 7)).astype(np.uint32)) & 1023).tolist())


def _undone(raw: bytes, first: int) -> np.ndarray:
    """High bytes stand before low bytes; from the third sample on each is twice the last, less the one before, less the difference stored one place earlier."""
    count = len(raw) // 2
    if count < 2:
        raise truncated("压缩波形没有样本", "a compressed lead has no samples")
    high, low = (np.frombuffer(raw[start : start + count], dtype=np.uint8).astype(np.uint16) for start in (0, count))
    stored = ((high << 8) | low).astype(np.int16).astype(np.int64)
    steps = np.concatenate(([first], stored[2:-1] - 64)) if count > 2 else np.empty(0, dtype=np.int64)
    slope = stored[1] - stored[0] - np.cumsum(steps)
    whole = np.concatenate((stored[:2], stored[1] + np.cumsum(slope)))
    return whole.astype(np.int16)  # the device counts in 16 bits and so do its differences
