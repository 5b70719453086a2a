"""Pinyin initials of Chinese medical names, with the readings that a general dictionary gets wrong in medicine."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

# Found by reading every polyphonic character of the 33,304 names of the insurance edition in its contexts.
# 卒中 cù · 系带 xì · 椎 zhuī · 龈 yín · 杓状 sháo · 马尾 wěi · 弹响 tán · 调脂 tiáo · 生长期 is 生长+期
READINGS = {
    "卒中": "cz",
    "系带": "xd",
    "传导": "cd",
    "生长": "sz",
    "生长期": "szq",
    "调脂": "tz",
    "弹响": "tx",
    "椎": "z",
    "龈": "y",
    "杓": "s",
    "尾": "w",
}
_READ_OTHERWISE = re.compile("|".join(sorted(READINGS, key=len, reverse=True)))


def folded(text: str) -> str:
    """Full width to half, Roman numerals to letters, lower case, no spaces: the form in which names are compared."""
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


def of(name: str) -> str:
    """`2型糖尿病` → `2xtnb`: initials of Chinese characters; Latin letters and digits kept, the rest dropped."""
    # Imported here: only importing a table needs the dictionary, every process reads this module.
    from pypinyin import Style, lazy_pinyin

    text = folded(name)
    syllables = lazy_pinyin(text, style=Style.FIRST_LETTER, errors=_each)
    letters = [_letter(character, syllable) for character, syllable in zip(text, syllables, strict=True)]
    for found in _READ_OTHERWISE.finditer(text):
        letters[found.start() : found.end()] = READINGS[found[0]]
    return "".join(letters)


def _each(run: str) -> Any:
    return list(run)


def _letter(character: str, syllable: str) -> str:
    if character.isascii():
        return character if character.isalnum() else ""
    return syllable[:1] if "\u4e00" <= character <= "\u9fff" else ""
