"""An SCP-ECG writer for tests, made from EN 1064 alone and apart from the reader: every mode of sections 2 to 6, texts, measurements, statements."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

#: A table of two code books that switch to each other, for tests of section 2: (prefix bits, whole bits, mode, value, prefix as text).
SMALL = [(1, 1, 1, 0, "0"), (2, 2, 1, 1, "10"), (3, 3, 0, 2, "110"), (3, 19, 1, 0, "111")]
WIDE = [(2, 2, 1, 0, "00"), (2, 10, 1, 0, "01"), (2, 18, 1, 0, "10"), (2, 2, 0, 1, "11")]


@dataclass
class Record:
    """What is written. `samples` are the counts of each lead as a reader must give them back (before the reference beat is taken away)."""

    numbers: Sequence[int]
    samples: Sequence[np.ndarray]
    nanovolts: int = 5000
    microseconds: int = 2000
    differences: int = 0
    huffman: str = "default"  # "", "default", "switching"
    starts: Sequence[int] = ()
    version: int = 13
    reference: Sequence[np.ndarray] = ()
    reference_nanovolts: int = 0
    reference_differences: int = 0
    fiducial: int = 0
    beats: Sequence[tuple[int, int, int, int]] = ()  # type, first sample, fiducial sample, last sample
    zones: Sequence[tuple[int, int]] = ()
    subtract: bool = False
    factor: int = 1
    tags: Sequence[tuple[int, bytes]] = ()
    others: Mapping[int, bytes] = field(default_factory=dict)


def crc(raw: bytes) -> int:
    """CRC-CCITT bit by bit."""
    value = 0xFFFF
    for byte in raw:
        value ^= byte << 8
        for _ in range(8):
            value = (value << 1 ^ 0x1021 if value & 0x8000 else value << 1) & 0xFFFF
    return value


def encode(record: Record) -> bytes:
    """The whole record."""
    bodies = {1: _tags(record.tags), 3: _leads(record), 6: _rhythm(record), **record.others}
    if record.huffman:
        bodies[2] = _tables(record.huffman)
    if record.reference or record.zones:
        bodies[4] = _beats(record)
    if record.reference:
        bodies[5] = _block(record.reference_nanovolts or record.nanovolts, record.microseconds, record.reference_differences, 0, record.reference, record.huffman)
    return framed(bodies, record.version)


def framed(bodies: Mapping[int, bytes], version: int = 13) -> bytes:
    """Sections with headers, pointers and checksums."""
    place, pointers, parts = 6 + 16 + 12 * 10, [], []
    for number in range(1, 12):
        body = bodies.get(number)
        if body is None:
            pointers.append(struct.pack("<HII", number, 0, 0))
            continue
        body += b"\0" * (len(body) % 2)
        section = _section(number, body, version)
        pointers.append(struct.pack("<HII", number, len(section), place + 1))
        parts.append(section)
        place += len(section)
    first = struct.pack("<HII", 0, 16 + 120, 7)
    zero = _section(0, first + b"".join(pointers), version, b"SCPECG")
    whole = zero + b"".join(parts)
    sized = struct.pack("<I", len(whole) + 6) + whole
    return struct.pack("<H", crc(sized)) + sized


def _section(number: int, body: bytes, version: int, reserved: bytes = b"") -> bytes:
    rest = struct.pack("<HIBB", number, 16 + len(body), version, version) + reserved.ljust(6, b"\0") + body
    return struct.pack("<H", crc(rest)) + rest


def _tags(tags: Sequence[tuple[int, bytes]]) -> bytes:
    return b"".join(struct.pack("<BH", tag, len(value)) + value for tag, value in tags) + b"\xff\0\0"


def machine(language: int = 0, model: bytes = b"EC-1\0\0", maker: bytes = b"Maker", serial: bytes = b"S-7", version: int = 13) -> bytes:
    """The value of tag 14."""
    head = struct.pack("<HHHBB", 1, 2, 3, 0, 255) + model.ljust(6, b"\0")[:6] + bytes([version, 0xA0, language, 0xC0, 1]) + bytes(16)
    return head + bytes([2]) + b"A\0" + serial + b"\0" + b"sys 2\0" + b"scp 1\0" + maker + b"\0"


def _leads(record: Record) -> bytes:
    starts = record.starts or [1] * len(record.samples)
    flags = (1 if record.subtract else 0) | 4 | len(record.samples) << 3
    rows = (struct.pack("<IIB", start, start + len(samples) - 1, number) for start, samples, number in zip(starts, record.samples, record.numbers, strict=True))
    return bytes([len(record.samples), flags & 0xFF]) + b"".join(rows)


def _beats(record: Record) -> bytes:
    milliseconds = len(record.reference[0]) * record.microseconds // 1000 if record.reference else 0
    body = struct.pack("<HHH", milliseconds, record.fiducial, len(record.beats))
    body += b"".join(struct.pack("<HIII", *beat) for beat in record.beats)
    return body if record.version < 12 else body + b"".join(struct.pack("<II", *zone) for zone in record.zones)


def _rhythm(record: Record) -> bytes:
    stored = []
    for number, samples in enumerate(record.samples):
        start = record.starts[number] if record.starts else 1
        values = np.array(samples, dtype=np.int64)
        if record.subtract:
            values = taken_away(values, start, record, number)
        if record.factor > 1:
            values = decimated(values, start, record.zones, record.factor)
        stored.append(values)
    return _block(record.nanovolts, record.microseconds * record.factor, record.differences, int(record.factor > 1), stored, record.huffman)


def taken_away(values: np.ndarray, start: int, record: Record, number: int) -> np.ndarray:
    """A lead less its reference beat, wherever section 4 says so; sample by sample."""
    rest = values.copy()
    for kind, first, fiducial, last in record.beats:
        for sample in range(first, last + 1):
            within = record.fiducial + sample - fiducial
            if kind == 0 and start <= sample < start + len(values) and 1 <= within <= len(record.reference[number]):
                rest[sample - start] -= record.reference[number][within - 1]
    return rest


def decimated(values: np.ndarray, start: int, zones: Sequence[tuple[int, int]], factor: int) -> np.ndarray:
    """Protected samples as they are; outside, the mean of every full group, and what is left over as it is."""
    out, waiting = [], list[int]()
    inside = [any(first <= start + place <= last for first, last in zones) for place in range(len(values))]
    for place, value in enumerate(values):
        if inside[place]:
            out += [*waiting, int(value)]
            waiting = []
            continue
        waiting.append(int(value))
        if len(waiting) == factor:
            out.append(round(sum(waiting) / factor))
            waiting = []
    return np.array(out + waiting, dtype=np.int64)


def _block(nanovolts: int, microseconds: int, differences: int, bimodal: int, leads: Sequence[np.ndarray], huffman: str) -> bytes:
    parts = [packed(differenced(np.array(lead, dtype=np.int64), differences), huffman) for lead in leads]
    return struct.pack("<HHBB", nanovolts, microseconds, differences, bimodal) + b"".join(struct.pack("<H", len(part)) for part in parts) + b"".join(parts)


def differenced(values: np.ndarray, order: int) -> list[int]:
    """Values, first or second differences, the first one or two values as they are."""
    plain = [int(value) for value in values]
    if order == 1:
        return plain[:1] + [plain[n] - plain[n - 1] for n in range(1, len(plain))]
    if order == 2:
        return plain[:2] + [plain[n] - 2 * plain[n - 1] + plain[n - 2] for n in range(2, len(plain))]
    return plain


def packed(values: Sequence[int], huffman: str) -> bytes:
    """16-bit words, or bits filled up to whole words."""
    if not huffman:
        return struct.pack(f"<{len(values)}h", *values)
    bits = _WRITERS[huffman](values)
    bits += "1" * (-len(bits) % 16) if huffman == "default" else "0" * (-len(bits) % 16)
    return int("1" + bits, 2).to_bytes(len(bits) // 8 + 1, "big")[1:]


def _by_default(values: Sequence[int]) -> str:
    """Annex C: 0 → 0; ±n → n ones, zero, sign; larger ones as 8 or 16 bits after their prefix."""
    words = []
    for value in values:
        if value == 0:
            words.append("0")
        elif abs(value) <= 8:
            words.append("1" * abs(value) + "0" + ("1" if value < 0 else "0"))
        elif -128 <= value <= 127:
            words.append("1111111110" + f"{value & 0xFF:08b}")
        else:
            words.append("1111111111" + f"{value & 0xFFFF:016b}")
    return "".join(words)


def _switching(values: Sequence[int]) -> str:
    """Books SMALL and WIDE by turns: three small values in a row go to SMALL."""
    words, book, calm = [], 1, 0
    for value in values:
        calm = calm + 1 if value in (0, 1) else 0
        if book == 1 and value not in (0, 1) and value % 3 == 0:
            words.append("110")
            book = 2
        elif book == 2 and calm >= 3:
            words.append("11")
            book = 1
        if book == 1:
            words.append({0: "0", 1: "10"}.get(value, "111" + f"{value & 0xFFFF:016b}"))
        else:
            words.append("00" if value == 0 else "01" + f"{value & 0xFF:08b}" if -128 <= value <= 127 else "10" + f"{value & 0xFFFF:016b}")
    return "".join(words)


_WRITERS: dict[str, Callable[[Sequence[int]], str]] = {"default": _by_default, "switching": _switching}


def _tables(kind: str) -> bytes:
    if kind == "default":
        return struct.pack("<H", 19999)
    books = [struct.pack("<H", len(book)) + b"".join(struct.pack("<BBBhI", prefix, whole, mode, value, int(text[::-1], 2)) for prefix, whole, mode, value, text in book) for book in (SMALL, WIDE)]
    return struct.pack("<H", 2) + b"".join(books)
