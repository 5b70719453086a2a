"""Texts from devices in whatever character set they come; what a set cannot explain is refused or shown as damaged, never guessed away."""

from __future__ import annotations

import codecs
import re

#: GB18030 holds GBK, GBK holds GB 2312: what any of them wrote, the widest reads.
_CHINESE = {"gb2312", "gb_2312-80", "gbk", "gb18030", "gb18030-2000", "gb18030-2005", "gb18030-2022", "cp936", "ms936", "euc-cn", "euc_cn", "x-gbk", "hz-gb-2312", "iso_ir58", "iso_ir_58", "iso-ir-58"}
_COMMON = re.compile(r"[\u4e00-\u9fff\u3400-\u4dbf\u3000-\u303f\uff00-\uffef·—‘’“”…\x00-\x7f]*")
_PAIRS = re.compile(rb"[\xb0-\xf7][\xa1-\xfe](?:[\xa1-\xf7][\xa1-\xfe])*")
_HIGH = re.compile(rb"[\x80-\xff]+")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]+")


def codec(name: str) -> str:
    """Python's name of a character set; "" where it is unknown or no character set at all (`zlib`, `rot13`)."""
    plain = name.strip().lower().replace(" ", "")
    if plain in _CHINESE:
        return "gb18030"
    try:
        found = codecs.lookup(plain)
    except (LookupError, ValueError, UnicodeError):
        return ""
    return found.name if getattr(found, "_is_text_encoding", False) else ""


def chinese(raw: bytes) -> str | None:
    """The text where the bytes are GB18030 and every character is an ordinary one; else nothing. For files that name no set or a wrong one."""
    try:
        text = raw.decode("gb18030")
    except UnicodeDecodeError:
        return None
    return text if _COMMON.fullmatch(text) else None


def mislabelled(raw: bytes) -> str | None:
    """The text where bytes that are said to be Latin are Chinese beyond doubt: every run of them is whole pairs of GB 2312, which accented letters never are."""
    runs = _HIGH.findall(raw)
    return chinese(raw) if runs and all(_PAIRS.fullmatch(run) for run in runs) else None


def undeclared(raw: bytes) -> tuple[str, str]:
    """A text whose file names no character set: ASCII, UTF-8, or GB18030 where all of it is Chinese. → (text, note or "")"""
    try:
        return raw.decode("utf-8"), ""
    except UnicodeDecodeError:
        pass
    text = chinese(raw)
    if text is not None:
        return text, "文件没有声明字符集，文字按 GB18030 读出，请核对姓名"
    return raw.decode("ascii", "replace"), "有的文字不属于任何声明的字符集，显示为 �，请核对姓名"


def clean(text: str, longest: int = 200) -> str:
    """One line without control characters, of a length that fits a page."""
    return " ".join(_CONTROLS.sub(" ", text[: longest * 4]).split())[:longest]


def full_name(*parts: str) -> str:
    """Family and given names as one: Chinese without a space between them, others with one."""
    found = [clean(part, 100) for part in parts if clean(part, 100)]
    between = "" if all(re.search(r"[\u3400-\u9fff]", part) for part in found) else " "
    return between.join(found)[:120]
