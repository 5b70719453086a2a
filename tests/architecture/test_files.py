"""Names, sizes, locks and hosts: small laws that a glance at the tree can check."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.architecture.house import ROOT, SOURCE, python_files, shown

NAMELESS = {"utils", "util", "helpers", "helper", "common", "misc", "base", "manager", "managers", "v2", "stuff", "tools"}
LONGEST = 300
ADDRESS = re.compile(r"https?://|file:|--(?:extra-)?index|--find-links|--trusted-host")
TEMPLATES = sorted([*SOURCE.glob("**/templates/**/*.html"), *(ROOT / "assets/templates").rglob("*.html")])
LOCKS = sorted([*ROOT.glob("*.lock"), *ROOT.glob("**/package-lock.json")])


def words(path: Path) -> set[str]:
    return set(path.stem.split("_")) | {path.stem}


def test_nothing_is_called_nothing() -> None:
    named = [*python_files(), *(path for path in SOURCE.rglob("*") if path.is_dir())]
    assert [shown(path) for path in named if words(path) & NAMELESS] == []


@pytest.mark.parametrize("path", python_files(), ids=shown)
def test_a_source_file_stays_readable(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= LONGEST, f"{shown(path)} has {lines} lines: find the second thing in it"


@pytest.mark.parametrize("path", TEMPLATES, ids=shown)
def test_a_template_stays_readable(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST // 2


@pytest.mark.parametrize("path", LOCKS, ids=shown)
def test_a_lock_holds_no_address(path: Path) -> None:
    assert [line for line in path.read_text(encoding="utf-8").splitlines() if ADDRESS.search(line)] == []


def test_requirements_are_pinned_with_hashes() -> None:
    for path in ROOT.glob("requirements*.lock"):
        text = path.read_text(encoding="utf-8")
        pinned = re.findall(r"^[A-Za-z0-9_.\-\[\]]+==", text, re.M)
        assert len(pinned) > 5, shown(path)
        assert text.count("--hash=sha256:") >= len(pinned), shown(path)
    assert (ROOT / "requirements.lock").exists()
    assert not (ROOT / "uv.lock").exists()


def test_every_dependency_says_why() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8").partition("dependencies = [")[2].partition("]\n")[0]
    assert [line for line in text.splitlines() if line.strip().startswith('"') and "#" not in line] == []


@pytest.mark.parametrize("path", [*TEMPLATES, *(ROOT / "assets/css").glob("*.css"), *(ROOT / "assets/js").rglob("*.js")], ids=shown)
def test_no_page_asks_another_host(path: Path) -> None:
    """Addresses of vocabularies in SVG (xmlns) are names, not requests."""
    text = re.sub(r'xmlns(:\w+)?="[^"]*"', "", path.read_text(encoding="utf-8"))
    assert re.findall(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}", text, re.I) == []
