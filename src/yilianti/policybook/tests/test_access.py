"""Roles from a table that a manager can read."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from yilianti import policybook
from yilianti.kernel.actor import Scope
from yilianti.policybook import PolicyError, access
from yilianti.policybook.tests.shelves import edition, put

DAY = date(2026, 5, 1)


def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: str) -> None:
    path = put(
        tmp_path,
        "national",
        edition("2024-01-01", 'table = "roles.csv"\n[edition.roles]\ndoctor = "医生"\nclerk = "文员"\n'),
        code="access.roles",
    )
    path.with_name("roles.csv").write_text(table, encoding="utf-8")
    monkeypatch.setattr(policybook, "_shelf", None)
    policybook.open_at(None, tmp_path)


def test_permissions_by_role(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf(
        tmp_path,
        monkeypatch,
        "permission,name,doctor,clerk\nreferral.view,查看,branch,own\nreferral.accept,接收,,all\n",
    )
    held = access.permissions(DAY, Scope())
    assert held == {"doctor": {"referral.view": "branch"}, "clerk": {"referral.view": "own", "referral.accept": "all"}}
    assert access.roles(DAY, Scope()) == {"doctor": "医生", "clerk": "文员"}
    with pytest.raises(TypeError):
        held["doctor"]["x"] = "all"  # type: ignore[index]


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ("permission,name,doctor,clerk\nreferral.view,查看,everywhere,own\n", "第 2 行 doctor 列"),
        ("permission,name,doctor\nreferral.view,查看,own\n", "岗位列与"),
        ("what,name,doctor,clerk\nreferral.view,查看,own,\n", "前两列应为"),
    ],
)
def test_a_wrong_cell_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: str, sentence: str) -> None:
    shelf(tmp_path, monkeypatch, table)
    with pytest.raises(PolicyError, match=sentence):
        access.permissions(DAY, Scope())
