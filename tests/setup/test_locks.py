"""The locks pin everything by hash and say nothing of where it came from."""

from __future__ import annotations

import re
import tomllib

import pytest

from yilianti.cli.home import ROOT

LOCKS = ("requirements.lock", "requirements-test.lock")


def locked(name: str) -> dict[str, list[str]]:
    """Package → its hashes."""
    found: dict[str, list[str]] = {}
    package = ""
    for line in (ROOT / name).read_text().splitlines():
        if match := re.match(r"([a-z0-9.-]+)==\S+", line):
            package = match[1]
            found[package] = []
        elif match := re.match(r"\s+--hash=(sha256:[0-9a-f]{64})", line):
            found[package].append(match[1])
        else:
            raise AssertionError(f"{name}: a line that is neither a pinned package nor a hash: {line}")
    return found


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_holds_no_address(name: str) -> None:
    assert not re.search(r"https?://|file:|--index|--extra-index|--find-links|@ ", (ROOT / name).read_text())


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_has_hashes(name: str) -> None:
    assert [package for package, hashes in locked(name).items() if not hashes] == []


def test_the_locks_hold_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    base, test = locked(LOCKS[0]), locked(LOCKS[1])
    wanted = {re.match(r"[A-Za-z0-9-]+", line)[0].lower() for line in project["dependencies"]}  # type: ignore[index]
    assert wanted - set(base) == set()
    extra = {re.match(r"[A-Za-z0-9-]+", line)[0].lower() for line in project["optional-dependencies"]["test"]}  # type: ignore[index]
    assert extra - set(test) == set()


def test_both_locks_agree_on_versions() -> None:
    def versions(name: str) -> set[str]:
        return {line.split(" ")[0] for line in (ROOT / name).read_text().splitlines() if "==" in line}

    assert versions(LOCKS[0]) <= versions(LOCKS[1])
