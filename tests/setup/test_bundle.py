"""The offline bundle: what is in it, how it is checked, and which Python it asks for. Its whole life is tests/long/test_bundle_offline.py."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from yilianti.cli import bootstrap, bundling
from yilianti.cli.home import ROOT, Trouble

FINDER = ROOT / "src/yilianti/cli/find-python.sh"


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A bundle's tree without its wheels."""
    folder = tmp_path / "yilianti-x"
    bundling.copy_tree(folder)
    (folder / "wheelhouse").mkdir()
    (folder / "wheelhouse/PYTHON").write_text(f"{sys.version_info.major}.{sys.version_info.minor}\n")
    bundling.write_papers(folder)
    return folder


def test_the_tree_is_whole_and_without_traces(bundle: Path) -> None:
    for name in ("run", "yilianti", "requirements.lock", "src/yilianti/cli/bootstrap.py", "policies/editions.lock", "demo/county.py", "install.sh", "VERSION"):
        assert (bundle / name).exists(), name
    assert not [path for path in bundle.rglob("*") if path.name in (".git", "__pycache__", ".mypy_cache")]


def test_a_changed_file_is_not_installed(bundle: Path) -> None:
    with (bundle / "requirements.lock").open("a") as lock:
        lock.write("# changed on the way\n")
    ended = subprocess.run([bundle / "install.sh"], capture_output=True, text=True)
    assert ended.returncode == 1
    assert "被改动" in ended.stderr
    assert "requirements.lock" in ended.stdout + ended.stderr


def test_it_asks_for_the_python_it_was_made_for(bundle: Path) -> None:
    finder = bundle / "src/yilianti/cli/find-python.sh"
    assert subprocess.run([finder], capture_output=True, env={"PATH": str(Path(sys.executable).parent), "YILIANTI_PYTHON": sys.executable}).returncode == 0
    (bundle / "wheelhouse/PYTHON").write_text("3.99\n")
    ended = subprocess.run([finder], capture_output=True, text=True)
    assert ended.returncode == 1
    assert "为 Python 3.99 制作" in ended.stderr
    assert subprocess.run([FINDER], capture_output=True).returncode == 0, "a clone asks for none"


def test_pip_looks_only_into_the_bundle(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert bootstrap.offline() == []
    monkeypatch.setattr(bootstrap, "WHEELHOUSE", tmp_path)
    assert bootstrap.offline() == ["--no-index", "--find-links", str(tmp_path)]


def test_a_place_that_cannot_be_written_is_said() -> None:
    with pytest.raises(Trouble, match="写不了输出目录"), bundling.room(Path("/proc/nowhere")):
        pass
