"""Handovers: each says what it hears, the word is really written, and it calls a room that exists."""

from __future__ import annotations

import re

import pytest

from tests.architecture.house import SOURCE, python_files, rooms
from yilianti.cli import drawing

ARROWS = [arrow for arrow in drawing.river() if arrow[1] != "clock"]
NAMES = {name for room in rooms() for name in room.split(".")}


def written() -> set[str]:
    """Every journal word that stands as a text somewhere left of the handovers."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in python_files() if "tests" not in path.parts and path.name != "terms.py" and path.parent != SOURCE / "handovers")
    return set(re.findall(r'"([a-z0-9_]+\.[a-z_]+)"', text))


@pytest.mark.parametrize("arrow", ARROWS, ids=lambda arrow: arrow[0])
def test_a_handover_hears_words_that_are_written(arrow) -> None:
    name, _, _, words, _ = arrow
    assert words, name
    assert sorted(set(words) - written()) == [], f"{name} waits for words that nobody writes"


@pytest.mark.parametrize("arrow", ARROWS, ids=lambda arrow: arrow[0])
def test_a_handover_leads_to_a_room(arrow) -> None:
    name, _, target, _, said = arrow
    assert target in NAMES, name
    assert said, f"{name} says in one sentence what it does"


def test_files_of_handovers_stay_small() -> None:
    long = {path.name: len(path.read_text("utf-8").splitlines()) for path in (SOURCE / "handovers").glob("*_to_*.py")}
    assert {name: lines for name, lines in long.items() if lines > 80} == {}
