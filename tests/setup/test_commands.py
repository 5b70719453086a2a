"""./yilianti lists its commands, and every command says what it is for."""

from __future__ import annotations

import importlib

import pytest

from tests.setup.conftest import command
from yilianti.cli.__main__ import names, summary


def test_without_a_command_they_are_listed() -> None:
    said = command()
    assert said.returncode == 0
    for name in ("doctor", "migrate", "verify-journal"):
        assert name in said.stdout


def test_an_unknown_command_is_refused_with_the_list() -> None:
    said = command("fly")
    assert said.returncode == 2
    assert "没有命令“fly”" in said.stderr
    assert "doctor" in said.stderr


@pytest.mark.parametrize("name", names())
def test_every_command_says_what_it_is_for(name: str) -> None:
    assert summary(name), f"{name} has no SUMMARY"


def test_a_command_without_an_installation_says_what_to_do(tmp_path: object) -> None:
    said = command("verify-journal", YILIANTI_HOME=str(tmp_path), DATABASE_URL="")
    assert said.returncode == 1
    assert "先运行 ./run" in said.stderr


@pytest.mark.parametrize("name", sorted({*names()} - {"manage"}))
@pytest.mark.parametrize(("word", "code"), [("--help", 0), ("--no-such-thing", 2)])
def test_a_command_explains_itself_and_does_nothing(name: str, word: str, code: int) -> None:
    """Asking a service for help must not start a second one."""
    with pytest.raises(SystemExit) as left:
        importlib.import_module(f"yilianti.cli.commands.{name.replace('-', '_')}").main([word])
    assert left.value.code == code
