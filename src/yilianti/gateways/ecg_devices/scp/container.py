"""The shell of an SCP-ECG record (EN 1064, 5.2 and 5.3): checksums, section pointers, section headers."""

from __future__ import annotations

import binascii
import struct
from dataclasses import dataclass

from yilianti.gateways.ecg_devices.refusing import damaged, truncated, unsupported
from yilianti.record.recordings import api as recordings

_HEAD = 16
_POINTER = 10
_VERSIONS = range(10, 40)


@dataclass(frozen=True)
class Section:
    """One section: its number, the version of the protocol it was written by (13 is 1.3), and what follows its header."""

    number: int
    version: int
    body: bytes


def looks_like(content: bytes) -> bool:
    """Whether the bytes are an SCP-ECG record: the word at its place, or a pointer section where it must stand."""
    if content[16:22] == b"SCPECG":
        return True
    if len(content) < 142 or struct.unpack_from("<H", content, 8)[0] != 0:
        return False
    size, length = struct.unpack_from("<I", content, 2)[0], struct.unpack_from("<I", content, 10)[0]
    return 136 <= length <= 2000 and (length - _HEAD) % _POINTER == 0 and length < size <= len(content) + 65536 and content[22:24] == b"\0\0"


def crc(raw: bytes) -> int:
    """CRC-CCITT of EN 1064: x^16 + x^12 + x^5 + 1, all ones at the start, most significant bit first."""
    return binascii.crc_hqx(raw, 0xFFFF)


def sections(content: bytes) -> tuple[dict[int, Section], tuple[str, ...]]:
    """Sections by number, and notes. The checksum of the record must hold; a header or
    checksum of a section that alone is wrong is a fault of the device and noted."""
    record = _record(content)
    found, notes = {}, []
    for number, length, index in _pointers(record):
        if length == 0:
            continue
        section, sound = _section(record, number, length, index)
        if number in found:
            raise damaged(f"第 {number} 节出现两次", f"section {number} occurs twice")
        found[number] = section
        if not sound:
            notes.append(f"第 {number} 节自身的节头或校验和不符，全文校验和相符")
    return found, tuple(notes)


def _record(content: bytes) -> bytes:
    if len(content) < 6 + _HEAD + _POINTER * 12:
        raise truncated("SCP-ECG 记录短于其指针节", "the SCP-ECG record is shorter than its pointer section")
    declared, size = struct.unpack_from("<HI", content)
    if size > len(content):
        raise truncated(f"SCP-ECG 声明 {size} 字节，实有 {len(content)} 字节", f"the SCP-ECG record declares {size} bytes and has {len(content)}")
    if size < 6 + _HEAD + _POINTER * 12:
        raise damaged(f"SCP-ECG 声明的长度 {size} 不合理", f"the declared length {size} is absurd")
    if crc(content[2:size]) != declared:
        raise recordings.Unreadable("checksum", "SCP-ECG 的校验和不符：文件在传送或保存中损坏。请从设备重新导出。", "The checksum of the SCP-ECG record does not match; export it again.")
    return content[:size]


def _pointers(record: bytes) -> list[tuple[int, int, int]]:
    length, version = struct.unpack_from("<I", record, 10)[0], record[15]
    if version not in _VERSIONS and record[14] not in _VERSIONS:
        raise unsupported("unknown_version", f"SCP-ECG 版本 {version / 10:.1f} 不支持（支持 1.0 至 3.9）", f"SCP-ECG version {version / 10:.1f} is not supported")
    end = 6 + length
    if length < _HEAD + _POINTER * 12 or end > len(record) or length > 65_536:
        raise damaged("SCP-ECG 的指针节长度不合理", "the length of the pointer section is absurd")
    return [struct.unpack_from("<HII", record, place) for place in range(6 + _HEAD, end - _POINTER + 1, _POINTER)]


def _section(record: bytes, number: int, length: int, index: int) -> tuple[Section, bool]:
    start = index - 1
    if length < _HEAD or start < 6 or start + length > len(record):
        raise damaged(f"第 {number} 节的位置或长度超出文件", f"section {number} lies outside the record")
    declared, own, inner, section_version, version = struct.unpack_from("<HHIBB", record, start)
    whole = record[start : start + length]
    return Section(number, version or section_version, whole[_HEAD:]), crc(whole[2:]) == declared and own == number and inner == length
