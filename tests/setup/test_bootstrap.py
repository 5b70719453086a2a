"""The environment is made once, mended when half-made, and every obstacle is one sentence."""

from __future__ import annotations

import builtins
import errno
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from yilianti.cli import bootstrap
from yilianti.cli.home import ROOT


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> bootstrap.Environment:
    """An environment whose making and installing only leave traces."""
    bootstrap.make_home(tmp_path / "home")
    lock = tmp_path / "requirements.lock"
    lock.write_text("a==1\n")
    made = bootstrap.Environment(tmp_path / "home", [lock])
    made.done = []  # type: ignore[attr-defined]

    def create() -> None:
        made.done.append("create")  # type: ignore[attr-defined]
        made.python.parent.mkdir(parents=True, exist_ok=True)
        made.python.write_text("")

    monkeypatch.setattr(made, "_create", create)
    monkeypatch.setattr(made, "_install", lambda lock: made.done.append(f"install {lock.name}"))  # type: ignore[attr-defined]
    return made


def test_a_second_run_does_nothing(environment: Any) -> None:
    environment.prepare()
    environment.prepare()
    assert environment.done == ["create", "install requirements.lock"]


def test_a_changed_lock_is_installed_into_the_same_environment(environment: Any) -> None:
    environment.prepare()
    environment.locks[0].write_text("a==2\n")
    environment.prepare()
    assert environment.done == ["create", "install requirements.lock", "install requirements.lock"]


def test_another_python_gets_a_new_environment(environment: Any) -> None:
    environment.prepare()
    environment.stamp.write_text(json.dumps({**environment.recorded(), "python": "3.10.1 /usr"}))
    environment.prepare()
    assert environment.done.count("create") == 2


def test_an_interrupted_installation_is_made_again(environment: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(lock: Path) -> None:
        raise KeyboardInterrupt

    whole = environment._install
    monkeypatch.setattr(environment, "_install", interrupted)
    with pytest.raises(KeyboardInterrupt):
        environment.prepare()
    assert not environment.ready()
    monkeypatch.setattr(environment, "_install", whole)
    environment.prepare()
    assert environment.done == ["create", "create", "install requirements.lock"]
    assert environment.ready()


def test_test_packages_are_not_forgotten_by_a_plain_run(environment: Any, tmp_path: Path) -> None:
    (tmp_path / "requirements-test.lock").write_text("b==1\n")
    with_tests = bootstrap.Environment(environment.home, [*environment.locks, tmp_path / "requirements-test.lock"])
    with_tests._create, with_tests._install = environment._create, environment._install
    with_tests.prepare()
    environment.prepare()
    assert with_tests.ready()


def test_a_full_disk_is_one_sentence_and_gives_its_room_back(environment: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(lock: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(environment, "_install", full)
    with pytest.raises(bootstrap.Trouble, match="磁盘已满"):
        environment.prepare()
    assert not environment.folder.exists()


def test_too_little_room_is_said_before_anything_is_written(environment: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YILIANTI_SETUP_MB", "999999999")
    with pytest.raises(bootstrap.Trouble, match="磁盘空间不足"):
        environment.prepare()
    assert environment.done == []


def test_a_python_without_venv_gets_the_one_command(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "ensurepip":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(bootstrap.Trouble, match=r"sudo apt-get install -y python3\.\d+-venv"):
        bootstrap.need_venv()


def test_a_home_that_may_not_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    said = subprocess.run(
        [sys.executable, str(ROOT / "src/yilianti/cli/bootstrap.py"), "cli"],
        env={**os.environ, "YILIANTI_HOME": str(tmp_path / "file/home")},
        capture_output=True,
        text=True,
    )
    assert said.returncode == 1
    assert said.stdout.startswith("✗ 无法使用数据目录")
    assert "YILIANTI_HOME" in said.stdout


def test_bootstrap_needs_only_the_standard_library() -> None:
    said = subprocess.run(
        [
            sys.executable,
            "-S",
            "-I",
            "-c",
            f"import runpy; runpy.run_path({str(ROOT / 'src/yilianti/cli/bootstrap.py')!r})",
        ],
        capture_output=True,
        text=True,
    )
    assert said.returncode == 0, said.stderr


def test_an_old_python_is_refused_in_one_sentence(tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    for name in ("dirname", "sh"):
        (tmp_path / name).symlink_to(f"/bin/{name}" if Path(f"/bin/{name}").exists() else f"/usr/bin/{name}")
    environ = {"PATH": str(tmp_path), "YILIANTI_HOME": str(tmp_path)}
    said = subprocess.run(["/bin/sh", str(ROOT / "run")], env=environ, capture_output=True, text=True)
    assert said.returncode == 1
    assert "需要 Python 3.11" in said.stderr
