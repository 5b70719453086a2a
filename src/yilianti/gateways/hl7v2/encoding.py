"""Which character set a message is written in: what MSH-18 says, and what the bytes say when MSH-18 lies.

Source of the names: HL7 table 0211 (2.9), the Chinese variants as hospital interfaces write them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from yilianti.gateways.hl7v2.parsing import Malformed
from yilianti.kernel.finding import Finding, Severity

_CODECS: Final = {
    "UNICODEUTF8": "utf-8", "UTF8": "utf-8", "UNICODE": "utf-8",
    "GB180302000": "gb18030", "GB18030": "gb18030", "GB180302005": "gb18030", "GB180302022": "gb18030",
    "GBK": "gb18030", "GB2312": "gb18030", "GB231280": "gb18030", "CP936": "gb18030", "MS936": "gb18030",
    "EUCCN": "gb18030", "88591": "latin-1", "ISO88591": "latin-1", "LATIN1": "latin-1",
}
_ASCII_NAMES: Final = {"", "ASCII", "USASCII", "ISOIR6"}
_NAME_NOISE = re.compile(r"[^A-Z0-9]")
_LONE_HIGH_BYTES = re.compile(rb"(?:[\x00-\x7f]|^)[\xa0-\xff](?=[\x00-\x7f]|$)")
_HIGH_BYTE = re.compile(rb"[\x80-\xff]")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_SAMPLE: Final = 600
# GB 2312 level 1: the 3,755 characters that make up almost all running Chinese text.
_COMMON: Final = frozenset(
    bytes((lead, trail)).decode("gb2312") for lead in range(0xB0, 0xD8) for trail in range(0xA1, 0xFF)
    if not (lead == 0xD7 and trail > 0xF9)
) | frozenset("，。、；：？！“”‘’（）《》〈〉【】—…·￥％℃°±×÷≤≥μ①②③④⑤ⅠⅡⅢⅣ↑↓０１２３４５６７８９")


@dataclass(frozen=True)
class Reading:
    """The decoded text, the codec that fits it, what MSH-18 said, and what was odd about it."""

    text: str
    codec: str
    declared: str
    findings: tuple[Finding, ...] = ()


def read(raw: bytes) -> Reading:
    """Decodes one message strictly; raises Malformed where no character set fits without loss."""
    raw = raw.lstrip(b"\x00\x0b\r\n\t ")
    if raw.startswith(b"\xef\xbb\xbf"):
        raw = raw[3:]
    declared = declared_name(raw)
    if raw.isascii():
        return Reading(raw.decode("ascii"), _CODECS.get(_key(declared), "utf-8"), declared)
    said = _CODECS.get(_key(declared), "")
    codec = _recognise(raw, said)
    return Reading(raw.decode(codec), codec, declared, _findings(declared, said, codec))


def declared_name(raw: bytes) -> str:
    """MSH-18 (its first repetition) as the sender wrote it."""
    head = raw[:4096]
    header = head[:min((at for at in (head.find(b"\r"), head.find(b"\n")) if at >= 0), default=len(head))]
    if not header.startswith(b"MSH") or len(header) < 5:
        return ""
    text = _decode(header, "utf-8") or header.decode("gb18030", "replace")
    fields = text.split(text[3], 18)
    if len(fields) < 18:
        return ""
    repetition = text[5:6] if text[5:6] not in ("", text[3]) else "~"
    return fields[17].split(repetition, 1)[0].strip()


def name_of(codec: str) -> str:
    """The table 0211 name of a codec, for the acknowledgement's own MSH-18."""
    return {"gb18030": "GB 18030-2000", "latin-1": "8859/1"}.get(codec, "UNICODE UTF-8")


def _key(declared: str) -> str:
    return _NAME_NOISE.sub("", declared.upper())


def _recognise(raw: bytes, said: str) -> str:
    utf8, gb = _decode(raw, "utf-8"), None
    if utf8 is not None and said in ("", "utf-8"):
        return "utf-8"
    if said != "utf-8" or utf8 is None:
        gb = _decode(raw, "gb18030")
    if said == "gb18030" and gb is not None:
        # Chinese UTF-8 is nearly always valid GB 18030 too (鐢ㄦ埛); the other way round hardly ever.
        return "utf-8" if utf8 is not None and _fluency(utf8) > _fluency(gb) else "gb18030"
    if utf8 is not None:
        return "utf-8"
    return _recognise_damaged(raw, said, gb)


def _recognise_damaged(raw: bytes, said: str, gb: str | None) -> str:
    """Neither UTF-8 nor the declared set: another set, or a message damaged on its way."""
    lone = len(_LONE_HIGH_BYTES.findall(raw)) == len(_HIGH_BYTE.findall(raw))
    if said == "latin-1" and (lone or gb is None or _fluency(gb) < 0.6):
        return "latin-1"
    broken = _fluency(raw.decode("utf-8", "replace"))
    if gb is not None and not lone and _fluency(gb) >= 0.6 and _fluency(gb) > broken:
        return "gb18030"
    if lone and said != "gb18030":
        return "latin-1"
    raise Malformed("102", "消息的字符编码无法识别：既不是 UTF-8，也不是 GB18030，可能在传输中损坏；请检查 MSH-18 后重发。",
                    "The character set cannot be recognised: neither UTF-8 nor GB18030.", field=18)


def _decode(raw: bytes, codec: str) -> str | None:
    try:
        return raw.decode(codec)
    except UnicodeDecodeError:
        return None


def _fluency(text: str) -> float:
    """The share of common Chinese characters among those that are not ASCII, 0 to 1."""
    strange = _NOT_ASCII.findall(text)[:_SAMPLE]
    return sum(character in _COMMON for character in strange) / len(strange) if strange else 1.0


def _findings(declared: str, said: str, codec: str) -> tuple[Finding, ...]:
    if said == codec or (not declared and codec != "latin-1"):
        return ()
    because = f"MSH-18 写的是“{declared or '空'}”，内容是 {name_of(codec)}"
    if declared and not said and _key(declared) not in _ASCII_NAMES:
        code, sentence = "charset_unknown", "MSH-18 的字符集名称不认识，已按内容识别。"
    else:
        code, sentence = "charset_lied", "MSH-18 声明的字符集与内容不符，已按内容识别。"
    return (Finding(code, sentence, because, severity=Severity.WARNING, en="MSH-18 does not match the bytes."),)
