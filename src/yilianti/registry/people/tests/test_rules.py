"""Posts and licences in time."""

from __future__ import annotations

from datetime import date

from yilianti.kernel.period import Period
from yilianti.registry.people import rules


def test_clash_is_half_open() -> None:
    held = [Period(date(2024, 1, 1), date(2025, 1, 1))]
    assert rules.clash(Period(date(2024, 12, 31)), held) == held[0]
    assert rules.clash(Period(date(2025, 1, 1)), held) is None


def test_licence_findings_follow_the_day() -> None:
    until = date(2026, 6, 1)
    codes = [[f.code for f in rules.licence_findings(until, day)] for day in (date(2026, 1, 1), date(2026, 5, 1), until)]
    assert codes == [[], ["licence_expiring"], ["licence_expired"]]
    assert rules.licence_findings(None, until) == []


def test_missing_particulars_names_the_field() -> None:
    assert [f.code for f in rules.missing_particulars("工号", "")] == ["number", "name"]
