"""Signal files of a WFDB record, by storage format; every format gives int32 samples, and which of them mean "nothing was recorded"."""

from __future__ import annotations

import numpy as np

from yilianti.gateways.ecg_devices.refusing import truncated, unsupported

#: Bits a sample takes in a file, and the value that says "not recorded".
FORMATS = {16: (16, -(2**15)), 24: (24, -(2**23)), 32: (32, -(2**31)), 61: (16, -(2**15)), 80: (8, -128), 160: (16, -(2**15)), 212: (12, -2048)}


def size(kind: int, samples: int) -> int:
    """Bytes that so many samples take."""
    if kind not in FORMATS:
        raise unsupported("storage_format", f"WFDB 存储格式 {kind} 不支持（支持 16、212、24、32、61、80、160）", f"WFDB storage format {kind} is not supported")
    return -(-samples * FORMATS[kind][0] // 8)


def frames(raw: bytes, kind: int, signals: int, samples: int) -> np.ndarray:
    """Samples of interleaved signals, shape (samples, signals)."""
    need = size(kind, signals * samples)
    if len(raw) < need:
        raise truncated(f"WFDB 数据文件应有 {need} 字节，实有 {len(raw)} 字节", f"the WFDB signal file should have {need} bytes and has {len(raw)}")
    flat = _DECODERS[kind](raw[:need], signals * samples)
    return flat.reshape(samples, signals)


def _sixteen(raw: bytes, _: int) -> np.ndarray:
    return np.frombuffer(raw, dtype="<i2").astype(np.int32)


def _swapped(raw: bytes, _: int) -> np.ndarray:
    return np.frombuffer(raw, dtype=">i2").astype(np.int32)


def _offset_sixteen(raw: bytes, _: int) -> np.ndarray:
    return np.frombuffer(raw, dtype="<u2").astype(np.int32) - 32768


def _eighty(raw: bytes, _: int) -> np.ndarray:
    return np.frombuffer(raw, dtype=np.uint8).astype(np.int32) - 128


def _thirty_two(raw: bytes, _: int) -> np.ndarray:
    return np.frombuffer(raw, dtype="<i4")


def _twenty_four(raw: bytes, _: int) -> np.ndarray:
    three = np.frombuffer(raw, dtype=np.uint8).reshape(-1, 3).astype(np.int32)
    return (three[:, 0] << 8 | three[:, 1] << 16 | three[:, 2] << 24) >> 8


def _two_twelve(raw: bytes, count: int) -> np.ndarray:
    """Two samples of twelve bits in three bytes: low byte, both high halves (the first below), low byte."""
    three = np.frombuffer(raw.ljust(-(-len(raw) // 3) * 3, b"\0"), dtype=np.uint8).reshape(-1, 3).astype(np.int32)
    pairs = np.empty((len(three), 2), dtype=np.int32)
    pairs[:, 0] = three[:, 0] | (three[:, 1] & 0x0F) << 8
    pairs[:, 1] = three[:, 2] | (three[:, 1] & 0xF0) << 4
    return ((pairs << 20) >> 20).reshape(-1)[:count]


_DECODERS = {16: _sixteen, 24: _twenty_four, 32: _thirty_two, 61: _swapped, 80: _eighty, 160: _offset_sixteen, 212: _two_twelve}
