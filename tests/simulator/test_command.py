"""`./yilianti settle simulate`: what it prints, that the example of the how-to holds, and what it refuses with a sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.simulator import years
from yilianti import policybook
from yilianti.cli.commands import settle
from yilianti.registry.access.models import Account
from yilianti.settlement.distribution.models import Scenario
from yilianti.settlement.distribution.tests import factories


@pytest.fixture(autouse=True)
def shipped(monkeypatch: pytest.MonkeyPatch) -> None:
    policybook.open_at(None)
    monkeypatch.setattr("yilianti.cli.django_ready", lambda **_: None)


def asked(folder: Path, args: list[str], capsys: pytest.CaptureFixture[str], held: dict[str, Any] | None = None) -> tuple[int, str, str]:
    inputs, scheme = folder / "year.json", folder / "scheme.toml"
    inputs.write_text(json.dumps(held or years.with_volumes(), ensure_ascii=False), encoding="utf-8")
    scheme.write_text(years.SCHEME, encoding="utf-8")
    code = settle.main(["simulate", "--scheme", str(scheme), "--inputs", str(inputs), *args])
    told = capsys.readouterr()
    return code, told.out, told.err


def test_a_scenario(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = asked(tmp_path, ["--change", "distribution.inner.weights.县级=5", "--change", "outside_share=-2", "--assume", "returned_cost=80%"], capsys)
    told = json.loads(out)
    assert code == 0, err
    assert list(told) == ["base", "scenario", "changes", "assumptions", "differences", "explanation", "explanation_lacks"]
    assert told["differences"]["totals"]["charged"] == {"was": "824499.50", "would": "821179.50", "difference": "-3320.00"}
    assert told["explanation"]["definition"].startswith("平台定义") and told["assumptions"][0]["mark"] == "假设"
    assert asked(tmp_path, ["--change", "distribution.inner.weights.县级=5", "--change", "outside_share=-2", "--assume", "returned_cost=80%"], capsys)[1] == out


def test_another_year(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "other.json"
    other.write_text(json.dumps({**years.with_volumes(), "facts": {**years.EXAMPLE["facts"], "funding": "1010000"}}), encoding="utf-8")
    code, out, err = asked(tmp_path, ["--against-inputs", str(other)], capsys)
    assert code == 0 and json.loads(out)["explanation"]["totals"]["package"]["management"] == "9500.00", err
    code, _, err = asked(tmp_path, ["--against-inputs", str(other), "--change", "score=90"], capsys)
    assert code == 2 and "--change" in err


def test_refusals(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = asked(tmp_path, ["--change", "distribution.inner.weight.县级=5"], capsys)
    assert (code, out) == (2, "") and "distribution.inner.weights.县级" in err
    assert settle.main(["simulate"]) == 2 and "--scheme" in capsys.readouterr().err


@pytest.mark.django_db
def test_a_stored_year_and_a_benefit(capsys: pytest.CaptureFixture[str]) -> None:
    scene = factories.scene()
    settlement, line = factories.reckoned(scene), "settlement.benefit.inpatient.rows.3.deductible=300"
    assert settle.main(["simulate", "--settlement", settlement.number, "--change", line]) == 0
    told = capsys.readouterr()
    assert json.loads(told.out)["differences"]["totals"]["charged"]["difference"] == "280.00" and "1 / 1 人" in told.err
    assert not Scenario.objects.exists()
    assert settle.main(["simulate", "--settlement", settlement.number, "--against", settlement.number]) == 0
    assert json.loads(capsys.readouterr().out)["differences"]["steps"] == []
    name = Account.objects.get(person=scene.finance.person).username
    assert settle.main(["simulate", "--settlement", settlement.number, "--change", line, "--keep", "起付线降 200", "--as", name]) == 0
    assert Scenario.objects.get().name == "起付线降 200"


@pytest.mark.django_db
@pytest.mark.parametrize("args", [["--settlement", "QS-NONE"], ["--settlement", "QS-NONE", "--inputs", "a.json"], ["--settlement", "A", "--against", "B", "--change", "score=1"], ["--settlement", "A", "--change", "score=1", "--keep", "x", "--as", "nobody"]])
def test_a_stored_year_refused(args: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert settle.main(["simulate", *args]) == 2 and capsys.readouterr().err.startswith("✗")
