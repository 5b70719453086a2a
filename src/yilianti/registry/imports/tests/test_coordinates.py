"""Coordinates of institutions, brought in a table."""

from __future__ import annotations

from datetime import datetime

import pytest

from yilianti.registry.access.tests import factories as staff
from yilianti.registry.imports.tests.sheets import book
from yilianti.registry.imports.tests.test_importing import brought, faults, somebody, written

pytestmark = pytest.mark.django_db



def test_coordinates_come_with_the_table_and_the_same_file_changes_nothing(at: datetime) -> None:
    county = staff.county()
    actor = somebody(county.hospital, "administrator", at)
    place = county.hospital
    heads = ("机构代码", "机构名称", "类别", "纬度", "经度")
    rows = [(place.code, place.name, "县级医院", "31.861184", "117.283042")]
    written(actor, brought(actor, "institutions", book(heads, rows), at), at)
    place.refresh_from_db()
    assert (str(place.latitude), str(place.longitude)) == ("31.861184", "117.283042")
    assert brought(actor, "institutions", book(heads, rows), at).counts["unchanged"] == 1
    wrong = brought(actor, "institutions", book(heads, [(place.code, place.name, "县级医院", "31.861184", ""), ("ZZ01", "另一家", "县级医院", "北纬", "117")]), at)
    assert [said.split()[1] for said in faults(wrong)] == ["经度", "纬度"]
