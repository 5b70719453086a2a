"""Terms: an enum whose members carry their Chinese and English labels."""

from __future__ import annotations

from enum import StrEnum


class Term(StrEnum):
    """A coded word with labels: `LEAD = "lead", "牵头医院", "lead hospital"`; the value is what is stored."""

    zh: str
    en: str

    def __new__(cls, value: str, zh: str = "", en: str = "") -> Term:
        member = str.__new__(cls, value)
        member._value_ = value
        member.zh = zh
        member.en = en or value.replace("_", " ")
        return member

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """(value, Chinese label) pairs for model fields and forms."""
        return [(str(member.value), member.zh) for member in cls]

    @classmethod
    def label(cls, value: str) -> str:
        """The Chinese label of a stored value; the value itself where it is unknown."""
        try:
            return cls(value).zh
        except ValueError:
            return value


#: What each journal word of the kernel itself is called on pages.
JOURNAL = {"keys.rotated": "轮换密钥", "keys.rewrapped": "更换根密钥", "keys.destroyed": "销毁密钥"}
