"""Every policy file is valid, dated, cited, not overlapping, and unchanged in the past."""

from __future__ import annotations

from datetime import date

import pytest

from yilianti.policybook import fingerprints
from yilianti.policybook.shelf import SHIPPED, Shelf

EDITIONS = list(Shelf().refresh())


def test_the_policy_book_accepts_every_file_and_its_lock() -> None:
    shelf = Shelf()
    shelf.refresh()
    for lock, editions in shelf.locks():
        fingerprints.verify(lock, editions)


def test_every_file_was_read() -> None:
    files = set(SHIPPED.rglob("*.toml"))
    assert files == {edition.head.path for edition in EDITIONS}
    tables = {edition.table.path for edition in EDITIONS if edition.table}
    assert set(SHIPPED.rglob("*.csv")) == tables
    assert [path for path in SHIPPED.rglob("*") if path.suffix in (".py", ".yaml", ".yml")] == []


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda edition: edition.policy_ref)
def test_an_edition_is_cited_or_says_that_it_is_local(edition) -> None:
    assert edition.source or not edition.is_public, "cite document and clause, or say status = local_parameter or platform_definition"
    assert edition.title and edition.head.why and edition.head.authored_by
    assert "http" not in str(edition.source), "cite by title, number and clause, not by a mirror's address"


def test_every_edition_in_force_is_locked() -> None:
    for lock, editions in Shelf().locks():
        unlocked = fingerprints.missing(lock, editions, date.today())  # noqa: DTZ011
        assert [edition.policy_ref for edition in unlocked] == [], "run ./yilianti policies lock"
