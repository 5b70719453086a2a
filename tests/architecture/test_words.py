"""Every journal word and every handover has a Chinese name: pages show people no code where a word is expected."""

from __future__ import annotations

import importlib
import re

import pytest

from tests.architecture.house import python_files
from yilianti.handovers import listing, terms
from yilianti.kernel import wording

WRITTEN = re.compile(r'journal\.write\(\s*"([a-z0-9_]+\.[a-z_]+)"')
LIFECYCLE = re.compile(r'row\([^)]*"([a-z0-9_]+\.[a-z_]+)"\s*\)')


def words() -> list[str]:
    """Words written outright, words of the lifecycles, words that handovers wait for."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in python_files() if "tests" not in path.parts)
    return sorted({*WRITTEN.findall(text), *LIFECYCLE.findall(text)}.union(*(handover.words for handover in listing.handed())))


def test_words_are_found() -> None:
    assert {"referral.submitted", "referral.accepted", "encounter.opened", "consent.recorded"} <= set(words())


@pytest.mark.parametrize("word", words())
def test_a_word_has_a_chinese_name(word: str) -> None:
    assert wording.name(word) != word, f"terms.JOURNAL of the room that writes {word} does not name it"


def test_handovers_have_chinese_names() -> None:
    assert {*(one.name for one in listing.handed()), *(one.name for one in listing.ticking())} == set(terms.NAMES)


def test_a_word_is_named_by_its_own_room() -> None:
    for module in ("care.referral", "record.encounters", "registry.residents"):
        named = importlib.import_module(f"yilianti.{module}.terms").JOURNAL
        assert {word.split(".")[0] for word in named} == {module.split(".")[1].replace("encounters", "encounter")}
