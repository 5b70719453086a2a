"""Law 3: another room is entered by its `api`; and no ways without doors, such as signals.

The law is about the product: a test may set the scene as it likes, but nothing of the product leans on tests.
"""

from __future__ import annotations

import ast
from functools import lru_cache

import grimp
import pytest

from tests.architecture.house import PACKAGE, python_files, room_of, rooms, shown

SIGNALS = ("django.dispatch", "django.db.models.signals", "django.core.signals", "blinker")


@lru_cache
def imports() -> list[tuple[str, str]]:
    graph = grimp.build_graph(PACKAGE, cache_dir=None)
    return sorted((a, b) for a in graph.modules for b in graph.find_modules_directly_imported_by(a))


def broken(importer: str, imported: str) -> str:
    """What is wrong with an import, or nothing."""
    here, there = room_of(importer), room_of(imported)
    if is_test(importer):
        return ""
    if is_test(imported):
        return f"{importer} leans on a test, {imported}"
    if not here or here == there or there not in rooms() or imported == f"{PACKAGE}.{there}.api":
        return ""
    return f"{importer} goes into {imported}; enter by {there}.api"


def is_test(module: str) -> bool:
    return "tests" in module.split(".")


def test_other_rooms_are_entered_by_their_door() -> None:
    assert [fault for pair in imports() if (fault := broken(*pair))] == []


def test_the_door_test_sees_what_it_should() -> None:
    assert broken("yilianti.care.referral.actions.deciding", "yilianti.registry.people.models")
    assert broken("yilianti.handovers.record_to_referral", "yilianti.care.referral.actions")
    assert broken("yilianti.care.referral.actions", "yilianti.registry.people")
    assert broken("yilianti.care.referral.actions", "yilianti.registry.people.tests.factories")
    assert not broken("yilianti.care.referral.actions.deciding", "yilianti.registry.people.api")
    assert broken("yilianti.cli.commands.demo", "yilianti.registry.people.tests.factories")
    assert not broken("yilianti.care.referral.tests.test_actions", "yilianti.registry.people.models")
    assert not broken("yilianti.registry.people.pages.views", "yilianti.registry.people.actions")
    assert not broken("yilianti.registry.people.actions", "yilianti.kernel.journal")
    assert len(rooms()) > 8
    assert len(imports()) > 500


@pytest.mark.parametrize("path", [p for p in python_files() if p.name == "api.py"], ids=shown)
def test_a_door_defines_nothing(path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    defined = [node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef)]
    assert defined == []
    assert any(isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__" for node in tree.body)


def test_nothing_travels_by_signal() -> None:
    heard = []
    for path in python_files():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = [n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)]
        names += [alias.name for n in ast.walk(tree) if isinstance(n, ast.Import) for alias in n.names]
        names += [n.module + "." + alias.name for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module for alias in n.names]
        heard += [f"{shown(path)}: {name}" for name in names if name.startswith(SIGNALS)]
    assert heard == []
