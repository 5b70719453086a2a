"""Where an institution may stand."""

from __future__ import annotations

import pytest

from yilianti.registry.institutions import rules
from yilianti.registry.institutions.terms import Kind, Level


@pytest.mark.parametrize(("code", "field"), [("", "code"), ("县医院", "code"), ("X" * 33, "code"), ("YX-01", "")])
def test_missing_particulars_names_the_field(code: str, field: str) -> None:
    assert [finding.code for finding in rules.missing_particulars(code, "云溪县人民医院", "县医院")] == ([field] if field else [])


def test_every_kind_but_office_and_other_has_a_level() -> None:
    without = {kind for kind in Kind if not rules.usual_level(kind.value)}
    assert without == {Kind.CONSORTIUM_OFFICE, Kind.OTHER}


def test_placement_above_the_parent_is_said() -> None:
    assert rules.placement_findings(Level.COUNTY.value, Level.TOWNSHIP.value)
    assert not rules.placement_findings(Level.VILLAGE.value, Level.TOWNSHIP.value)
    assert not rules.placement_findings(Level.CITY.value, "")
