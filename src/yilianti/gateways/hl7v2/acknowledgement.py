"""Writes the answer to a message: AA, AE or AR, with ERR naming segment, sequence and field.

Source: HL7 v2.5.1 chapter 2 (2.9 acknowledgement, 2.15.5 ERR), tables 0008, 0357, 0516.
"""

from __future__ import annotations

import itertools
import os
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from yilianti.gateways.hl7v2 import encoding
from yilianti.gateways.hl7v2.parsing import Delimiters, Malformed, Message, Segment, escape

_CONDITIONS: Final = {
    "0": "Message accepted", "100": "Segment sequence error", "101": "Required field missing", "102": "Data type error",
    "103": "Table value not found", "200": "Unsupported message type", "201": "Unsupported event code",
    "202": "Unsupported processing id", "203": "Unsupported version id", "204": "Unknown key identifier",
    "205": "Duplicate key identifier", "206": "Application record locked", "207": "Application internal error",
}
_STANDARD = Delimiters("|", "^~\\&")
_NO_CONTROLS: Final = dict.fromkeys(range(32))
_counter = itertools.count(1)
_PREFIX: Final = f"Y{os.getpid():X}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What is told to the sender: `code` AA, AE or AR; otherwise the place and the reason."""

    code: str
    error: str = "0"
    zh: str = ""
    en: str = ""
    segment: str = ""
    sequence: int = 1
    field: int = 0


ACCEPTED: Final = Answer("AA")


def write(answer: Answer, *, message: Message | None, raw: bytes, codec: str, declared: str, at: datetime,
          reply: tuple[tuple[str | tuple[str, ...], ...], ...] = ()) -> bytes:  # fmt: skip
    """The acknowledgement in the sender's delimiters, version and character set, an application answer (RRI) with its segments; never fails."""
    header = message.header if message is not None else _header_of(raw, codec)
    delimiters = header.delimiters if header is not None else _STANDARD
    version = _version(header.component(12) if header is not None else "")
    segments = [_msh(header, delimiters, version, codec, declared, at, "RRI" if reply else "ACK"), _msa(header, delimiters, version, answer)]
    if answer.code != "AA":
        segments.append(_err(delimiters, version, answer, codec))
    segments += [line(delimiters, pieces) for pieces in reply]
    # What is echoed may carry marks of a frame; an answer must not end in the middle.
    return ("\r".join(segment.translate(_NO_CONTROLS) for segment in segments) + "\r").encode(codec, "replace")


def _header_of(raw: bytes, codec: str) -> Segment | None:
    """The MSH of bytes that could not be read as a message, where there is one."""
    text = raw[:4096].decode(codec, "replace").lstrip("\ufeff\x00\x0b\r\n\t ")
    try:
        delimiters = Delimiters.of(text)
    except Malformed:
        return None
    return Segment(text.replace("\n", "\r").split("\r", 1)[0], delimiters, codec)


def _version(said: str) -> tuple[int, ...]:
    parts = said.strip().split(".")[:3]
    return tuple(int(part) for part in parts) if parts[0] == "2" and all(part.isdecimal() for part in parts) else (2, 5)


def _msh(header: Segment | None, d: Delimiters, version: tuple[int, ...], codec: str, declared: str, at: datetime, kind: str) -> str:
    trigger, control_on = "", ""
    if header is not None:
        trigger, control_on = header.component(9, 2), header.field(11) or "P"
    if version >= (2, 3) and trigger.isalnum():
        structure = "RRI_I12" if kind == "RRI" else "ACK"
        kind = d.component.join([kind, trigger, structure] if version >= (2, 3, 1) else [kind, trigger])
    fields = [""] * 19
    fields[1] = "MSH"
    fields[2] = d.component + d.repetition + d.escape + d.subcomponent + d.truncation
    if header is not None:
        fields[3], fields[4], fields[5], fields[6] = (header.field(n) for n in (5, 6, 3, 4))
    fields[7] = at.strftime("%Y%m%d%H%M%S%z" if version >= (2, 3) else "%Y%m%d%H%M%S")
    fields[9] = kind
    fields[10] = f"{_PREFIX}{next(_counter):08X}"
    fields[11] = control_on or "P"
    fields[12] = ".".join(str(part) for part in version)
    fields[18] = _charset(codec, declared, version)
    return d.field.join(fields[1:]).rstrip(d.field)


def _charset(codec: str, declared: str, version: tuple[int, ...]) -> str:
    if version < (2, 3) or (codec == "utf-8" and not declared):
        return ""
    return encoding.name_of(codec)


def _msa(header: Segment | None, d: Delimiters, version: tuple[int, ...], answer: Answer) -> str:
    control = header.field(10) if header is not None else ""
    fields = ["MSA", answer.code, control or "UNKNOWN"]
    if answer.code != "AA" and version < (2, 4):
        # MSA-3 is the only place for a reason before 2.4; later versions deprecate and then withdraw it.
        fields.append(escape(answer.en, d)[:80])
    return d.field.join(fields)


def _err(d: Delimiters, version: tuple[int, ...], answer: Answer, codec: str) -> str:
    condition = _CONDITIONS.get(answer.error, "")
    place = [answer.segment, str(answer.sequence) if answer.segment else "", str(answer.field or "")]
    if version < (2, 5):
        coded = d.subcomponent.join([answer.error, condition, "HL70357"]) if version >= (2, 3) else answer.error
        return d.field.join(["ERR", d.component.join([*place, coded]) if version >= (2, 2) else coded])
    spoken = answer.zh if codec != "latin-1" else answer.en
    location = d.component.join(place).rstrip(d.component)
    coded = d.component.join([answer.error, condition, "HL70357"])
    return d.field.join(["ERR", "", location, coded, "E", "", "", escape(answer.en, d)[:2048], escape(spoken, d)[:250]])


#: A field: text, or components, of which each is text or subcomponents.
Piece = str | tuple[str | tuple[str, ...], ...]


def line(d: Delimiters, pieces: tuple[Piece, ...]) -> str:
    """One segment: fields escaped, components joined, what is empty at the end left off."""
    return d.field.join(d.component.join(_component(d, part) for part in (piece if isinstance(piece, tuple) else (piece,))).rstrip(d.component) for piece in pieces).rstrip(d.field)


def _component(d: Delimiters, part: str | tuple[str, ...]) -> str:
    return escape(part, d) if isinstance(part, str) else d.subcomponent.join(escape(one, d) for one in part)
