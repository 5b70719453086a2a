"""The only reader of `policies/`: what was in force, here, on that day, and who says so.

edition = policybook.in_force("clinical.referral.answer_limit", day, actor.scope)
edition.minutes["urgent"], edition.policy_ref
"""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

from yilianti.policybook import places
from yilianti.policybook.book import Book, Standing
from yilianti.policybook.catalogues import Catalogue, Diagnosis
from yilianti.policybook.edition import Authority, Edition, Source, Status, Table
from yilianti.policybook.errors import NoPolicyInForce, PolicyError
from yilianti.policybook.places import HasScope
from yilianti.policybook.shelf import SHIPPED, Shelf

__all__ = [
    "Authority", "Book", "Catalogue", "Diagnosis", "Edition", "NoPolicyInForce", "PolicyError", "Source", "Standing", "Status", "Table", "by_ref",
    "catalogue", "current", "in_force", "local_root", "of_this_installation", "open_at", "places", "refresh", "trouble",
]  # fmt: skip

_shelf: Shelf | None = None


def open_at(home: Path | None = None, shipped: Path = SHIPPED) -> Shelf:
    """Choose the folders to read; without this the home is taken from YILIANTI_HOME."""
    global _shelf
    _shelf = Shelf(shipped, home)
    return _shelf


def _in_use() -> Shelf:
    if _shelf is None:
        home = os.environ.get("YILIANTI_HOME")
        return open_at(Path(home) if home else None)
    return _shelf


def current() -> Book:
    """Every edition known now."""
    return _in_use().book()


def refresh() -> Book:
    """Look at the files now, not within the next seconds; raises PolicyError when they are faulty."""
    return _in_use().refresh()


def local_root() -> Path:
    """Where this installation's own policies live; raises PolicyError when it has no home."""
    root = _in_use().local
    if root is None:
        raise PolicyError("policies/local", "", "本安装没有数据目录，不能写入本地政策；请设置 YILIANTI_HOME。")
    return root


def trouble() -> PolicyError | None:
    """Why the latest change on disk is not in use, if so."""
    return _in_use().trouble


def in_force(code: str, day: date, scope: HasScope) -> Edition:
    """The edition in force on that day, here (narrower overrides wider); raises NoPolicyInForce."""
    return current().in_force(code, day, scope)


def of_this_installation(code: str, day: date) -> Edition:
    """For what concerns the machine and nobody's consortium: the edition of the only consortium with policies in this home, else the national one."""
    local = _in_use().local
    own = [path.name for path in local.iterdir() if path.is_dir()] if local and local.is_dir() else []
    return in_force(code, day, places.Place(own[0] if len(own) == 1 else ""))


def by_ref(ref: str) -> Edition:
    """The edition a stored result cites, for replay; raises KeyError."""
    return current().by_ref(ref)


def catalogue(code: str, day: date, scope: HasScope) -> Catalogue:
    """A code table in force on that day, searchable; raises NoPolicyInForce."""
    return Catalogue.of(in_force(code, day, scope))
