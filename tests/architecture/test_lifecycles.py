"""Lifecycles: complete, owned, and one verb running through code, permission, journal and glossary."""

from __future__ import annotations

import importlib

import pytest

from tests.architecture.house import rooms
from yilianti.cli import drawing
from yilianti.kernel.lifecycle import Lifecycle
from yilianti.policybook import access
from yilianti.policybook.shelf import Shelf

TABLES = drawing.lifecycles()


def permissions() -> set[str]:
    edition = max((e for e in Shelf().book() if e.code == access.CODE), key=lambda e: e.effective_from)
    return {row[0] for row in edition.table.rows}


def known() -> set[str]:
    return {code for code, _ in drawing.glossary()}


@pytest.mark.parametrize(("module", "table"), TABLES, ids=[module for module, _ in TABLES])
class TestLifecycle:
    def test_every_state_is_reached_and_owned(self, module: str, table: Lifecycle) -> None:
        assert table.unreachable() == set()
        states = {str(state.value) for state in table.states}
        assert table.initial in states
        assert {name for row in table.rows for name in (*row.sources, *filter(None, [row.target]))} <= states
        for state in states - table.dead_ends():
            assert all(table.owners(state)), f"{state} has no owner"

    def test_every_step_has_a_label_and_a_word_of_its_room(self, module: str, table: Lifecycle) -> None:
        assert {row.action for row in table.rows} == {str(verb.value) for verb in table.verbs}
        room = module.split(".")[2]
        assert [row.word for row in table.rows if row.word.partition(".")[0] not in (room, room.removesuffix("s"))] == []

    def test_every_step_of_a_person_is_an_action(self, module: str, table: Lifecycle) -> None:
        actions = importlib.import_module(module.replace(".lifecycle", ".actions"))
        missing = [row.action for row in table.rows if row.by not in ("system", "hospital_system") and not hasattr(actions, row.action)]
        assert missing == []

    def test_every_word_is_in_the_glossary(self, module: str, table: Lifecycle) -> None:
        words = {str(state.value) for state in table.states} | {row.action for row in table.rows}
        words |= {row.word.partition(".")[2] for row in table.rows}
        assert sorted(words - known()) == [], "add the pair to docs/glossary.md"


def test_there_are_lifecycles() -> None:
    assert TABLES


def test_every_room_is_in_the_glossary() -> None:
    names = {name for room in rooms() for name in room.split(".")} | {"kernel", "policybook", "handovers"}
    assert sorted(names - known()) == [], "add the pair to docs/glossary.md"
