"""Laws 1 and 2: order, and look left; by import-linter."""

from __future__ import annotations

import os

import pytest
from importlinter.cli import lint_imports

from tests.architecture.house import ROOT, SOURCE, contracts, pyproject, stages


def test_every_import_contract_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    before = os.getcwd()
    os.chdir(ROOT)
    try:
        failed = lint_imports(config_filename="pyproject.toml", no_cache=True)
    finally:
        os.chdir(before)
    assert not failed, capsys.readouterr().out.partition("Broken contracts")[2]


def test_no_contract_has_exceptions() -> None:
    excused = {c["name"]: key for c in contracts() for key in c if key.startswith(("ignore", "allow", "unmatched"))}
    assert excused == {}


def test_every_stage_and_every_room_is_under_contract() -> None:
    outside = {"cli", "config", *stages()}
    assert [p.parent.name for p in SOURCE.glob("*/__init__.py") if p.parent.name not in outside] == []
    containers = {pattern.split(".")[1] for c in contracts() if c["name"] == "inside a room" for pattern in c["containers"]}
    with_models = {path.parts[-3] for path in SOURCE.glob("*/*/models.py")} - {"gateways", "desks"}
    assert with_models <= containers


def test_the_settings_that_make_contracts_whole() -> None:
    linter = pyproject()["tool"]["importlinter"]
    assert linter["root_packages"] == ["yilianti"]
    assert linter["include_external_packages"] is True
