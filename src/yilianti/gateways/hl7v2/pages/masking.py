"""What of a message is shown to whom: the structure to whoever mends interfaces, persons and findings only to those who treat.

An administrator repairs codes and routes without needing to know whose blood it was (等保 8.1.4 个人信息保护; 个保法第28条).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from yilianti.gateways.hl7v2.parsing import Malformed, Message, Segment

_LONGEST = 200_000
_MOST_SEGMENTS = 500
_HIDDEN = "〔已遮盖〕"
#: Segment → fields that name a person or say what ails them; a segment not listed is hidden whole.
_PERSONAL: dict[str, frozenset[int]] = {
    **dict.fromkeys(("MSH", "EVN", "PV1", "ORC", "TXA", "MSA", "ERR", "SFT", "SPM", "PD1", "RGS", "AIL", "TQ1", "RXR"), frozenset()),
    "PV2": frozenset({3}), "SCH": frozenset({7, 8}), "MRG": frozenset({1, 2, 3, 4, 7}), "OBR": frozenset({13, 31}),
    "PID": frozenset({2, 3, 4, 5, 6, 7, 9, 11, 12, 13, 14, 18, 19, 20, 21, 23, 26, 29}),
    "DG1": frozenset({3, 4}), "OBX": frozenset({5}), "NTE": frozenset({3}), "AL1": frozenset({3, 5}), "PR1": frozenset({3, 4}),
}
_NUMBERS = re.compile(r"\d{4,}")
_WORDS = re.compile(r"[\u3400-\u9fffA-Za-z]+")
_QUOTED = re.compile(r"“[^”]*”")


@dataclass(frozen=True)
class Shown:
    """A message as the page shows it: segments with (number, value) pairs, and the text."""

    segments: list[tuple[str, list[tuple[int, str]]]]
    text: str


def shown(raw: bytes, codec: str, *, reveal: bool) -> Shown:
    """The message whole, or with persons and findings hidden."""
    text = raw[:_LONGEST].decode(codec or "utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    try:
        parsed = Message(text, codec or "utf-8")
    except Malformed:
        return Shown([], text if reveal else _WORDS.sub("＊", _NUMBERS.sub("＊", text)))
    segments = parsed.segments[:_MOST_SEGMENTS]
    listed = [(segment.name, [(n, _value(segment, n, reveal)) for n in range(1, len(segment) + 1) if segment.field(n)]) for segment in segments]
    return Shown(listed, text if reveal else "\n".join(_line(segment) for segment in segments))


def sentence(text: str, *, reveal: bool) -> str:
    """A finding's words, what it quotes hidden."""
    return text if reveal else _QUOTED.sub("“…”", text)


def _is_personal(segment: Segment, number: int) -> bool:
    fields = _PERSONAL.get(segment.name)
    return fields is None or number in fields


def _value(segment: Segment, number: int, reveal: bool) -> str:
    if not reveal and _is_personal(segment, number):
        return _HIDDEN
    return segment.field(number) if segment.name == "MSH" and number <= 2 else segment.text(number)


def _line(segment: Segment) -> str:
    start = 2 if segment.name == "MSH" else 1
    fields = [_HIDDEN if segment.field(n) and _is_personal(segment, n) else segment.field(n) for n in range(start, len(segment) + 1)]
    return segment.delimiters.field.join([segment.name, *fields])
