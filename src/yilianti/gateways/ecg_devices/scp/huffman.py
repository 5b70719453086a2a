"""Huffman coding of SCP-ECG (EN 1064, section 2 and annex C): the default table, tables in the file, switching between them."""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np

from yilianti.gateways.ecg_devices.refusing import damaged, truncated

DEFAULT = 19999
_LONGEST = 32


@dataclass(frozen=True)
class Code:
    """One code structure: bits of the prefix, of the whole, whether it is data (else `value` names the next table), its value, the prefix with its first bit lowest."""

    prefix: int
    whole: int
    data: bool
    value: int
    bits: int


def _default() -> tuple[Code, ...]:
    """0 is `0`; ±n are n+1 ones, a zero, a sign; nine ones and a zero precede 8 bits, ten ones 16 bits."""
    codes = [Code(1, 1, True, 0, 0)]
    for value in range(1, 9):
        ones = (1 << value) - 1
        codes += [Code(value + 2, value + 2, True, value, ones), Code(value + 2, value + 2, True, -value, ones | 1 << (value + 1))]
    return (*codes, Code(10, 18, True, 0, 0x1FF), Code(10, 26, True, 0, 0x3FF))


DEFAULT_TABLE = _default()


def tables(body: bytes) -> tuple[tuple[Code, ...], ...] | None:
    """The tables of section 2; none where it is empty: then nothing is Huffman coded."""
    count = struct.unpack_from("<H", body)[0] if len(body) >= 2 else 0
    if count == 0:
        return None
    if count == DEFAULT:
        return (DEFAULT_TABLE,)
    found, place = [], 2
    for _ in range(count):
        if place + 2 > len(body):
            raise truncated("第 2 节的霍夫曼表", "the Huffman tables of section 2")
        codes = struct.unpack_from("<H", body, place)[0]
        place += 2
        if place + codes * 9 > len(body):
            raise truncated("第 2 节的霍夫曼表", "the Huffman tables of section 2")
        found.append(tuple(_code(body, place + 9 * number, count) for number in range(codes)))
        place += codes * 9
    if not all(found):
        raise damaged("第 2 节没有一个霍夫曼表", "section 2 holds no Huffman table")
    return tuple(found)


def _code(body: bytes, place: int, count: int) -> Code:
    prefix, whole, mode, value, bits = struct.unpack_from("<BBBhI", body, place)
    if not (0 < prefix <= whole <= _LONGEST) or (mode == 0 and not 1 <= value <= count):
        raise damaged("第 2 节的霍夫曼码不合理", "a Huffman code of section 2 is absurd")
    return Code(prefix, whole, mode != 0, value, bits & ((1 << prefix) - 1))


def _lookups(codes: tuple[Code, ...]) -> list[tuple[int, dict[int, Code]]]:
    """Prefixes by length, shortest first, each read with its first bit highest."""
    by_length: dict[int, dict[int, Code]] = {}
    for code in codes:
        by_length.setdefault(code.prefix, {}).setdefault(int(f"{code.bits:0{code.prefix}b}"[::-1], 2), code)
    return sorted(by_length.items())


def decode(data: bytes, known: tuple[tuple[Code, ...], ...], count: int) -> np.ndarray:
    """`count` values from the bits of `data`; every lead begins with the first table."""
    books = [_lookups(codes) for codes in known]
    book, values = books[0], np.empty(count, dtype=np.int64)
    stream, left, start, filled = 0, 0, 0, 0  # bits taken in and not used yet, how many, the next byte, values so far
    while filled < count:
        if left < 64 and start < len(data):
            part = data[start : start + 64]
            stream, left, start = (stream << len(part) * 8) | int.from_bytes(part, "big"), left + len(part) * 8, start + 64
        code = _match(stream, left, book)
        extra = code.whole - code.prefix
        left -= code.whole
        if left < 0:
            raise truncated("霍夫曼编码的数据提前结束", "the Huffman coded data ends early")
        rest = (stream >> left) & ((1 << extra) - 1)
        stream &= (1 << left) - 1
        if code.data:
            values[filled] = _signed(rest, extra) if extra else code.value
            filled += 1
        else:  # a switch takes bits and gives no value, so the data ends sooner or later
            book = books[code.value - 1]
    return values


def _signed(bits: int, width: int) -> int:
    return bits - (1 << width) if bits >> (width - 1) else bits


def _match(stream: int, left: int, book: list[tuple[int, dict[int, Code]]]) -> Code:
    for length, codes in book:
        if length > left:
            break
        code = codes.get(stream >> (left - length))
        if code is not None:
            return code
    if book[-1][0] > left:
        raise truncated("霍夫曼编码的数据提前结束", "the Huffman coded data ends early")
    raise damaged("霍夫曼编码的数据里有表中没有的码", "the Huffman coded data uses a code that is in no table")
