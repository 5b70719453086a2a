"""Damaged messages: every way in which a line, a program or a person spoils what is sent."""

from __future__ import annotations

import pathlib
import random

from tests.hl7 import messages

NASTY = ["", '""', "\x00", "\x1c", "\x0b", "9" * 400, "-1", "1e999", "NaN", "20260230", "99999999", "00000000", "2026113", "24", "20261120250000",
         "20261120+9999", "'; DROP TABLE residents; --", "<script>alert(1)</script>", "\\", "\\\\", "\\X", "\\XZZ\\", "\\XFF\\", "\\X00\\", "\\.sp9999999\\",
         "~" * 50, "^" * 50, "&" * 50, "^&~\\" * 20, "A" * 70_000, "𠮷" * 300, "云" * 300, "\ud7ff", "\u202e倒", "\r", "\n", "\r\n\r\n", "MSH|^~\\&|", "😀",
         "530102199003070126", "530102199003070120", "11010519491231002X", "1e5", "٣", "０１", "½", "+", "-", ".", "0x10", "%s", "{0}", "None"]
TRIGGERS = ["REF^I12", "REF^I13", "REF^I14", "REF^I15", "ADT^A40", "ADT^A24", "ADT^A37", "ADT^A47", "SIU^S12", "SIU^S13", "SIU^S15", "RDE^O11", "ADT^A01", "ADT^A02", "ADT^A03", "ADT^A04", "ADT^A08", "ADT^A11", "ADT^A13", "ORU^R01", "MDM^T02", "ADT^A99", "ACK^A01", "XXX", "", "ADT", "^A01"]


def originals() -> list[bytes]:
    """What is spoiled: built messages in both character sets, and the shared ones where they are."""
    built = [messages.adt(trigger) for trigger in ("A01", "A02", "A03", "A04", "A08", "A11", "A13")] + [messages.oru(), messages.mdm(), messages.rde(extra=("AL1|1|DA|^青霉素|SV|皮疹",)), messages.merge("A40", "ZY0001", "ZY0002^^^HIS^MR"),
             messages.two("A37", "ZY0001", "ZY0002"), *map(messages.ref, ("I12", "I13", "I14", "I15")), *map(messages.siu, ("S12", "S13", "S14", "S15", "S26"))]
    found = [text.encode() for text in built] + [text.replace("UNICODE UTF-8", "GB 18030-2000").encode("gb18030") for text in built]
    shared = pathlib.Path(__file__).parents[3] / "shared/data/hl7v2_ms"
    return found + [path.read_bytes() for path in sorted(shared.glob("*.hl7"))]


def mutate(raw: bytes, chance: random.Random, all_of_them: list[bytes]) -> bytes:
    """One to four wounds."""
    for _ in range(chance.choice((1, 1, 2, 4))):
        raw = chance.choice(_WOUNDS)(raw, chance, all_of_them)[:400_000]
    return raw


def _flip(raw: bytes, chance: random.Random, _: list[bytes]) -> bytes:
    spoiled = bytearray(raw or b"M")
    for _ in range(chance.choice((1, 1, 3, 20))):
        spoiled[chance.randrange(len(spoiled))] = chance.randrange(256)
    return bytes(spoiled)


def _cut(raw: bytes, chance: random.Random, _: list[bytes]) -> bytes:
    return raw[: chance.randrange(len(raw) + 1)]


def _remove(raw: bytes, chance: random.Random, _: list[bytes]) -> bytes:
    start = chance.randrange(len(raw) + 1)
    return raw[:start] + raw[start + chance.choice((1, 2, 10, 200)):]


def _insert(raw: bytes, chance: random.Random, _: list[bytes]) -> bytes:
    start = chance.randrange(len(raw) + 1)
    return raw[:start] + chance.choice((chance.randbytes(chance.choice((1, 3, 40))), b"|", b"^", b"~", b"&", b"\\", b"\r", b"\n")) + raw[start:]


def _repeat(raw: bytes, chance: random.Random, _: list[bytes]) -> bytes:
    start = chance.randrange(len(raw) + 1)
    end = start + chance.choice((1, 20, 500))
    return raw[:end] + raw[start:end] * chance.choice((1, 3, 30)) + raw[end:]


def _splice(raw: bytes, chance: random.Random, all_of_them: list[bytes]) -> bytes:
    other = chance.choice(all_of_them)
    return raw[: chance.randrange(len(raw) + 1)] + other[chance.randrange(len(other)):]


def _field(raw: bytes, chance: random.Random, _: list[bytes]) -> bytes:
    lines = raw.replace(b"\n", b"\r").split(b"\r")
    line = chance.randrange(len(lines))
    fields = lines[line].split(b"|")
    fields[chance.randrange(len(fields))] = chance.choice(NASTY).encode("utf-8", "surrogatepass")
    lines[line] = b"|".join(fields)
    return b"\r".join(lines)


def _component(raw: bytes, chance: random.Random, _: list[bytes]) -> bytes:
    parts = raw.split(b"^")
    parts[chance.randrange(len(parts))] = chance.choice(NASTY).encode("utf-8", "surrogatepass")
    return b"^".join(parts)


def _segments(raw: bytes, chance: random.Random, _: list[bytes]) -> bytes:
    lines = raw.replace(b"\n", b"\r").split(b"\r")
    what = chance.randrange(4)
    if what == 0 and len(lines) > 1:
        del lines[chance.randrange(1, len(lines))]
    elif what == 1:
        chance.shuffle(lines)
    elif what == 2:
        lines.insert(chance.randrange(len(lines) + 1), chance.choice(lines))
    else:
        lines.insert(chance.randrange(len(lines) + 1), b"ZZZ|" + chance.randbytes(30))
    return b"\r".join(lines)


def _trigger(raw: bytes, chance: random.Random, _: list[bytes]) -> bytes:
    fields = raw.split(b"|", 9)
    if len(fields) > 9:
        fields[8] = chance.choice(TRIGGERS).encode()
    return b"|".join(fields)


_WOUNDS = [_flip, _cut, _remove, _insert, _repeat, _splice, _field, _field, _component, _segments, _trigger]
