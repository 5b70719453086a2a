"""An object as a file: the preamble, a head that is the same whenever and from whomever the object comes, and the data set byte for byte."""

from __future__ import annotations

import struct

from yilianti.gateways.dicom.terms import IMPLEMENTATION_NAME, IMPLEMENTATION_UID


def as_file(sop_class: str, sop_uid: str, syntax: str, dataset: bytes) -> bytes:
    """The bytes of a DICOM file (PS3.10 §7.1)."""
    head = b"".join((
        _element(0x0001, b"OB", b"\0\1"), _element(0x0002, b"UI", _uid(sop_class)), _element(0x0003, b"UI", _uid(sop_uid)), _element(0x0010, b"UI", _uid(syntax)),
        _element(0x0012, b"UI", _uid(IMPLEMENTATION_UID)), _element(0x0013, b"SH", IMPLEMENTATION_NAME.encode()),
    ))  # fmt: skip
    return b"".join((bytes(128), b"DICM", _element(0x0000, b"UL", struct.pack("<I", len(head))), head, dataset))


def dataset_of(file: bytes) -> bytes:
    """The data set of a file made by `as_file`."""
    length = struct.unpack_from("<I", file, 140)[0]
    return file[144 + length :]


def _element(element: int, kind: bytes, value: bytes) -> bytes:
    value += b" " * (len(value) % 2) if kind == b"SH" else b""
    if kind == b"OB":
        return struct.pack("<HH2sHI", 2, element, kind, 0, len(value)) + value
    return struct.pack("<HH2sH", 2, element, kind, len(value)) + value


def _uid(text: str) -> bytes:
    raw = text.encode("ascii")
    return raw + b"\0" * (len(raw) % 2)
