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

CHINESE = re.compile(r"[\u3400-\u9fff]")
_RUN = re.compile(r"[\u3400-\u9fff][\u3400-\u9fff、，。；：！？（）“”《》·—…]*")
_MARKS = str.maketrans({"，": ", ", "。": ". ", "；": "; ", "：": ": ", "（": " (", "）": ") ", "、": ", ", "“": "“", "！": "! ", "？": "? ", "　": " "})
_DEPTH = 3


@dataclass(frozen=True)
class Pattern:
    """A sentence with gaps: matches whole texts, and says where each gap goes in English."""

    first: str
    matcher: re.Pattern[str]
    english: str


class Catalogue:
    """Every pair; `english(text)` answers the text itself where nothing is known."""

    def __init__(self, pairs: dict[str, str]) -> None:
        self.whole = {zh: en for zh, en in pairs.items() if "{}" not in zh}
        made = [_pattern(zh, en) for zh, en in pairs.items() if "{}" in zh]
        # The longest literal first, so that a precise sentence wins over a vague one.
        self.patterns = sorted(made, key=lambda one: -len(one.matcher.pattern))
        self.english = lru_cache(maxsize=20_000)(self._english)

    def _english(self, text: str, depth: int = 0) -> str:
        said = " ".join(text.split())
        if not said or not CHINESE.search(said):
            return text
        found = self.whole.get(said) or self._by_pattern(said, depth) or self._piecewise(said)
        lead, tail = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
        return f"{lead}{found}{tail}"

    def _by_pattern(self, text: str, depth: int) -> str:
        if depth >= _DEPTH:
            return ""
        for one in self.patterns:
            if one.first in text and (match := one.matcher.fullmatch(text)):
                gaps = [self._english(gap, depth + 1).strip() for gap in match.groups()]
                return one.english.format(*gaps) if one.english.count("{") == len(gaps) else ""
        return ""

    def _piecewise(self, text: str) -> str:
        changed = _RUN.sub(lambda run: self._piece(run[0]), text)
        return re.sub(r"\s+(?=[,.;:!?)])", "", " ".join(changed.translate(_MARKS).split())) if changed != text else text

    def _piece(self, run: str) -> str:
        bare = run.rstrip("，。；：、")
        if run in self.whole or bare in self.whole:
            return f" {self.whole.get(run) or self.whole[bare] + run[len(bare):].translate(_MARKS)} "
        parts = re.split(r"([、，；：。])", run)
        if len(parts) > 1:
            return "".join(f" {self.whole[part]} " if part in self.whole else part for part in parts)
        return run


def _pattern(zh: str, en: str) -> Pattern:
    literals = zh.split("{}")
    matcher = re.compile("(.+?)".join(re.escape(part) for part in literals), re.S)
    return Pattern(max(literals, key=len), matcher, en)


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """What the shipped files say, and every term's own English."""
    return Catalogue({**dict(terms()), **dict(pairs(settings.ROOT / "assets/english"))})


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
