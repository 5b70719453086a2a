"""The month at the keyboard."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from yilianti.cli.commands import settle
from yilianti.settlement.budget.models import Reckoning
from yilianti.settlement.budget.tests import factories

pytestmark = pytest.mark.django_db


def test_a_month_is_reckoned_at_the_keyboard(at: datetime, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yilianti.cli.reckoning.django_ready", lambda: None)
    scene = factories.scene(at)
    package = factories.fixed(scene, at)
    claim = factories.billed(scene, at, admitted_on=date(2026, 1, 2), discharged_on=date(2026, 1, 9))
    asked = ["reckon", "--consortium", "yunxi", "--year", "2026", "--month"]
    assert settle.main([*asked, "1"]) == 0
    said = capsys.readouterr().out
    assert package.number in said and "记入 1 行" in said and Reckoning.objects.get().spent == claim.basic > 0
    assert settle.main([*asked, "5"]) == 2 and "2026-02 还没有核算" in capsys.readouterr().err
    assert settle.main([*asked, "2", "--fund", "employee"]) == 2 and "没有 2026 年的职工医保基金总额" in capsys.readouterr().err
