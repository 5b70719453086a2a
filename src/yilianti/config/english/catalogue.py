"""The pairs of Chinese and English sentences, found whole, by pattern, or piece by piece."""

from __future__ import annotations

import csv
import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.apps import apps
from django.conf import settings

from yilianti.kernel.terms import Term

_HAN = r"\u3400-\u9fff"
CHINESE = re.compile(f"[{_HAN}]")
_WORD = re.compile(f"[{_HAN}]+")
_CLAUSES = re.compile(r"([、，。；：！？（）　·\n])")
_OPENING = "，；、"
_ENOUGH_WORDS = 3
_MARKS = str.maketrans({"，": ", ", "。": ". ", "；": "; ", "：": ": ", "（": " (", "）": ") ", "、": ", ", "“": "“", "！": "! ", "？": "? ", "　": " "})
_DEPTH = 3


@dataclass(frozen=True)
class Pattern:
    """A sentence with gaps: matches whole texts, and says where each gap goes in English."""

    first: str
    words: int
    matcher: re.Pattern[str]
    english: str


class Catalogue:
    """Every pair; `english(text)` answers the text itself where nothing is known."""

    def __init__(self, pairs: dict[str, str]) -> None:
        # What stands behind a comma in one text is also found by itself in another.
        pairs = {zh.lstrip(_OPENING): en.lstrip(_OPENING) for zh, en in pairs.items() if zh[:1] in _OPENING} | pairs
        self.whole = {zh: en for zh, en in pairs.items() if "{}" not in zh}
        made = [_pattern(zh, en) for zh, en in pairs.items() if "{}" in zh]
        # The most words first, so that a precise sentence wins over a vague one.
        self.patterns = sorted(made, key=lambda one: -one.words)
        self.english = lru_cache(maxsize=20_000)(self._english)

    def _english(self, text: str, depth: int = 0) -> str:
        said = " ".join(text.split())
        if not said or not CHINESE.search(said):
            return text
        found = self._known(said, depth) or self._by_clause(text.strip(), depth)
        lead, tail = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
        return f"{lead}{found}{tail}"

    def _known(self, text: str, depth: int) -> str:
        return self.whole.get(text) or self._by_pattern(text, depth)

    def _by_pattern(self, text: str, depth: int) -> str:
        if depth >= _DEPTH:
            return ""
        for one in self.patterns:
            if one.first in text and (match := one.matcher.fullmatch(text)):
                gaps = [self._english(gap, depth + 1).strip() for gap in match.groups()]
                return one.english.format(*gaps) if one.english.count("{") == len(gaps) else ""
        return ""

    def _by_clause(self, text: str, depth: int) -> str:
        """Clause by clause, and word by word where a clause is none of ours; the marks follow only when something was found."""
        parts = _CLAUSES.split(text)
        told = [part if place % 2 else self._clause(part, depth) for place, part in enumerate(parts)]
        return _tidy("".join(told)) if told != parts else text

    def _clause(self, clause: str, depth: int) -> str:
        said = " ".join(clause.split())
        if not CHINESE.search(said):
            return clause
        return f" {found} " if (found := self._known(said, depth)) else _WORD.sub(lambda word: self._word(word[0]), clause)

    def _word(self, word: str) -> str:
        return f" {self.whole[word]} " if word in self.whole else word


def _pattern(zh: str, en: str) -> Pattern:
    """Gaps take anything; where hardly a word stands between them only figures, dates and codes, never what somebody typed."""
    literals = zh.split("{}")
    words = len(CHINESE.findall(zh))
    gap = "(.*?)" if words >= _ENOUGH_WORDS else f"([^{_HAN}]*?)"
    return Pattern(max(literals, key=len), words, re.compile(gap.join(map(re.escape, literals)), re.S), en)


def _tidy(text: str) -> str:
    return re.sub(r"\s+(?=[,.;:!?)])", "", " ".join(text.translate(_MARKS).split()))


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """What the shipped files say, every term's own English, and the names that policy tables give in both languages."""
    named = {zh: en for folder in (settings.POLICIES_DIR, settings.LOCAL_POLICIES_DIR) for zh, en in tables(Path(folder))}
    return Catalogue({**named, **dict(terms()), **dict(pairs(settings.ROOT / "assets/english"))})


def tables(folder: Path) -> Iterator[tuple[str, str]]:
    """(Chinese, English) of every policy table with both columns, such as the statements of an ECG."""
    for path in sorted(folder.rglob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file)
            if {"zh", "en"} <= set(rows.fieldnames or ()):
                yield from ((row["zh"], row["en"][:1].upper() + row["en"][1:]) for row in rows if row["zh"] and row["en"])


def pairs(folder: Path) -> Iterator[tuple[str, str]]:
    """(Chinese, English) of every CSV file in a folder, in the order of their names."""
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row["zh"] and row["en"]:
                    yield row["zh"], row["en"]


def terms() -> Iterator[tuple[str, str]]:
    """Labels of every enum that rooms keep in `terms`; they carry their own English."""
    for room in apps.get_app_configs():
        if not room.name.startswith("yilianti."):
            continue
        try:
            importlib.import_module(f"{room.name}.terms")
        except ModuleNotFoundError:
            continue
    yield from ((member.zh, member.en[:1].upper() + member.en[1:]) for term in _all(Term) for member in term)


def _all(kind: type[Term]) -> Iterator[type[Term]]:
    for below in kind.__subclasses__():
        yield below
        yield from _all(below)
