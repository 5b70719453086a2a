"""What must hold before anything starts, each failure one sentence with the way out."""

from __future__ import annotations

import os
import shutil
import socket

import pytest

from yilianti.cli import checks, database, processes
from yilianti.cli.home import Home, Trouble


@pytest.fixture
def taken() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]  # type: ignore[misc]


def test_a_port_in_use_names_port_variable_and_holder(taken: int) -> None:
    with pytest.raises(Trouble, match=f"端口 {taken} 已被占用.*YILIANTI_MLLP_PORT={taken + 1}") as trouble:
        checks.ports_free(checks.Ports("127.0.0.1", processes.free_port(), taken, processes.free_port()))
    assert f"进程 {os.getpid()}" in str(trouble.value)


def test_free_ports_pass() -> None:
    checks.ports_free(checks.Ports("127.0.0.1", processes.free_port(), processes.free_port(), processes.free_port()))


@pytest.mark.parametrize("given", ["abc", "0", "70000", "-1"])
def test_a_port_must_be_a_port(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YILIANTI_WEB_PORT", given)
    with pytest.raises(Trouble, match="YILIANTI_WEB_PORT"):
        checks.ports()


def test_demo_mode_is_bound_to_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YILIANTI_BIND", "0.0.0.0")
    monkeypatch.setenv("YILIANTI_MODE", "demo")
    assert checks.ports().bind == "127.0.0.1"
    monkeypatch.setenv("YILIANTI_MODE", "production")
    assert checks.ports().bind == "0.0.0.0"


def test_a_misspelt_mode_does_not_open_a_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YILIANTI_MODE", "prodution")
    with pytest.raises(Trouble, match="demo、empty 或 production"):
        checks.ports()


def test_too_little_room_is_said(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(home.path)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=10_000_000))
    with pytest.raises(Trouble, match="只剩 10 MB"):
        checks.disk(home, making=False)


def test_two_supervisors_do_not_share_a_home(home: Home) -> None:
    with database.hold(home):
        assert database.locked(home)
        with pytest.raises(Trouble, match=f"已在运行（进程 {os.getpid()}"):
            database.hold(home)
    assert not database.locked(home)


def test_a_secret_key_is_made_once_and_private(home: Home) -> None:
    key = (home.path / "secret_key").read_text()
    home.make()
    assert (home.path / "secret_key").read_text() == key
    assert (home.path / "secret_key").stat().st_mode & 0o077 == 0
