"""Pages: every address declares who may open it and how."""

from __future__ import annotations

import inspect

import pytest

from tests.architecture.house import PACKAGE
from yilianti.cli import drawing
from yilianti.kernel.pages import ANY_ACCOUNT, PUBLIC
from yilianti.policybook import access
from yilianti.policybook.shelf import Shelf

OURS = [(route, view) for route, view in drawing.urls() if getattr(view, "__module__", "").startswith(PACKAGE)]


def granted() -> set[str]:
    edition = max((e for e in Shelf().book() if e.code == access.CODE), key=lambda e: e.effective_from)
    return {row[0] for row in edition.table.rows}


def test_every_address_is_ours() -> None:
    assert [route for route, view in drawing.urls() if (route, view) not in OURS] == []
    assert len(OURS) > 20


@pytest.mark.parametrize(("route", "view"), OURS, ids=[f"/{route}" for route, _ in OURS])
def test_a_view_declares_its_permission_and_methods(route: str, view) -> None:
    assert hasattr(view, "permission"), f"/{route}: declare it with kernel.pages.page"
    assert view.permission in {PUBLIC, ANY_ACCOUNT} | granted(), f"/{route}: no such permission in roles.csv"
    assert set(view.methods) <= {"GET", "HEAD", "POST"}


@pytest.mark.parametrize(("route", "view"), OURS, ids=[f"/{route}" for route, _ in OURS])
def test_a_get_only_reads(route: str, view) -> None:
    """The guard of kernel.reading surrounds every GET; nothing may ask to be left out of it."""
    inner = inspect.unwrap(view)
    assert not getattr(view, "writes_on_get", False)
    assert not getattr(inner, "writes_on_get", False)


def test_addresses_are_unique_and_named() -> None:
    routes = [route for route, _ in drawing.urls()]
    assert sorted({route for route in routes if routes.count(route) > 1}) == []
