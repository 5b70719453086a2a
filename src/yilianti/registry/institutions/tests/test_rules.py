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


@pytest.mark.parametrize(("latitude", "longitude", "field"), [("31", "117", None), ("", "", None), ("31", "", "longitude"), ("", "117", "latitude"), ("90", "180", None), ("90.000001", "1", "latitude")])
def test_coordinates_are_a_pair_on_the_globe(latitude: str, longitude: str, field: str | None) -> None:
    assert [f.code for f in rules.misplaced(rules.degrees(latitude), rules.degrees(longitude))] == ([field] if field else [])


@pytest.mark.parametrize("text", ["北纬31度", "NaN", "Infinity", "180.5"])
def test_degrees_that_are_none(text: str) -> None:
    with pytest.raises(ValueError):
        rules.degrees(text)
